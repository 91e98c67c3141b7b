// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.data.Rehearsal;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.events.Events;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.gate.GateSetting;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import dev.salto.internal.text.Warnings;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Salto in this process: the source of its code, the options for all types, and a report.
 *
 * <p>These system properties are read at their first use:
 *
 * <table>
 * <caption>System properties</caption>
 * <tr><th>property</th><th>value</th></tr>
 * <tr><td>{@code dev.salto.text}</td><td>the file that holds the text image: the code of all
 * trampolines</td></tr>
 * <tr><td>{@code dev.salto.text.sources}</td><td>the sources of the text image, in their order,
 * separated by commas. The default is {@code property,installed,memfd,class-folder,jar,file}. A
 * filter for system calls may end the process for {@code memfd}, so under a filter it comes behind
 * {@code jar}. {@code installed,class-folder,jar} maps files in place, which must not be
 * overwritten then</td></tr>
 * <tr><td>{@code dev.salto.text.folder}</td><td>the folder for the private file; by default the
 * first of {@code java.io.tmpdir}, {@code $XDG_RUNTIME_DIR}, {@code $XDG_CACHE_HOME} and {@code
 * ~/.cache} that allows executable files</td></tr>
 * <tr><td>{@code dev.salto.fallback}</td><td>{@code none}, the default where Salto has a port, or {@code
 * upcall-stubs}, the default elsewhere, see {@link Fallback}</td></tr>
 * <tr><td>{@code dev.salto.use-after-free}</td><td>{@code log}, the default, {@code throw} or
 * {@code end-process}, see {@link UseAfterFreePolicy}</td></tr>
 * <tr><td>{@code dev.salto.quarantine}</td><td>the number of closes before a function pointer of a
 * type is used again; 1000 by default. Until then, calls of closed closures are noticed. The
 * function pointers of a type's first 64 closures are not used again while the type
 * exists</td></tr>
 * <tr><td>{@code dev.salto.promotion}</td><td>the number of frequent classes with a type profile of
 * their own, for types with objects of more than two classes. The default is 16; 0 is for
 * none</td></tr>
 * <tr><td>{@code dev.salto.gates}</td><td>{@code made}, the default. With {@code early}, types of
 * method handles, too, have a gate with their first closure. With {@code none}, no stub and no
 * class is made for any function type after {@link #initialize}, and only {@link CallInterface}s
 * can be used</td></tr>
 * <tr><td>{@code dev.salto.trace.close}</td><td>{@code true} to record where closures are closed,
 * see {@link ClosureOption#traceCloses}</td></tr>
 * <tr><td>{@code dev.salto.trace.bind}</td><td>{@code true} to record where closures are bound, see
 * {@link ClosureOption#traceBinds}</td></tr>
 * </table>
 *
 * <p>All methods may be called from any thread.
 */
public final class Salto {
    private static boolean isWarned;

    /** Whether closures are known to be upcall stubs for good, unless their type refuses that. */
    private static boolean hasNoPort;

    static {
        Warnings.setWriter(new Log());
    }

    private Salto() {}

    /**
     * Finds, maps and checks the code now, not at the first use, for example before a process gives
     * up the rights for it. Does nothing the second time. Where Salto has
     * no port, there is no code, and closures are upcall stubs.
     *
     * @throws TrampolinesUnsupportedException if static trampolines do not work here and the policy
     *     is {@link Fallback#NONE}; the message lists the failed attempts, with their reasons
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     * @throws IllegalArgumentException if the value of a system property is unknown
     */
    public static void initialize() {
        if (textImageForClosures(null) != null) {
            if (!GateSetting.areMade()) {
                Rehearsal.run(Salto::bindEachKind);
            }
        }
    }

    private static void bindEachKind(FunctionDescriptor function, LongConsumer caller) {
        CallInterface type = CallInterface.prepare(function);
        boolean hasResult = function.returnLayout().isPresent();
        try (Closure<CallHandler> boxed = type.bindBoxed((_, arguments) -> arguments.length);
                Closure<ArgumentHandler> direct = type.bind(arguments -> {
                    if (hasResult) {
                        arguments.setReturn(arguments.count());
                    }
                })) {
            caller.accept(boxed.address().address());
            caller.accept(direct.address().address());
        }
    }

    /**
     * Overrides the choices of all types, for an application with several libraries. Each call
     * replaces the options of the call before. Without options, types have their own choices
     * again.
     *
     * <p>{@link ClosureOption#onException}, {@link ClosureOption#onUseAfterFree} and
     * {@link ClosureOption#traceCloses} apply to all types at once, {@link ClosureOption#fallback}
     * to later types. {@link ClosureOption} has a table with the precedence.
     *
     * @param options one of each kind
     * @throws IllegalArgumentException if two options are of one kind, or one that cannot be for
     *     all types: {@link ExceptionPolicy#returnValue}, {@link ClosureOption#tier} or
     *     {@link ClosureOption#firstVariadicArg}
     */
    public static void override(ClosureOption... options) {
        ClosureOptions chosen = ClosureOptions.withoutTier("Salto.override", options);
        ClosureSettings settings = chosen.overriding();
        Fallback.override(chosen.fallback());
        ClosureSettings.override(settings);
    }

    /**
     * Returns the state of Salto in this process. Tries to map the code if that was not done
     * before.
     *
     * @return the state of this moment
     * @throws IllegalArgumentException if the value of a system property is unknown
     */
    public static Report report() {
        return CurrentReport.take();
    }

    /** {@return what happened in this process so far, in numbers} */
    public static Statistics statistics() {
        return CurrentStatistics.take();
    }

    /**
     * Returns the open closures of the process, including those of arenas and those without a
     * {@link Closure}. Walks through all closures, for some milliseconds per million.
     *
     * @return groups of them, the largest first; an unmodifiable list. Closures that are bound or
     *     closed meanwhile may be among them or not
     */
    public static List<OpenClosures> openClosures() {
        return OpenClosures.list(null);
    }

    /**
     * Requires that all closures of the process are closed: a check for the end of a test.
     *
     * @throws IllegalStateException if some are open; the message lists them
     */
    public static void requireNoneOpen() {
        OpenClosures.requireNone(openClosures());
    }

    /**
     * Returns the text image, for closures.
     *
     * @param fallback the choice of the type; null if there is none
     * @return null if closures have to be upcall stubs, and may
     * @throws TrampolinesUnsupportedException if they have to be, and must not
     */
    static @Nullable TextImage textImageForClosures(@Nullable Fallback fallback) {
        if (hasNoPort && Fallback.of(fallback) == Fallback.UPCALL_STUBS) {
            return null;
        }
        try {
            TextImage image = TextImage.get();
            WarmUp.run(true);
            return image;
        } catch (TextImageException e) {
            if (Fallback.of(fallback) != Fallback.UPCALL_STUBS) {
                throw new TrampolinesUnsupportedException(e);
            }
            prepareStubs(e);
            hasNoPort = Ports.thisJvm().isEmpty();
            return null;
        }
    }

    private static void prepareStubs(TextImageException reason) {
        NativeAccess.check();
        try {
            Linker _ = Linker.nativeLinker();
        } catch (UnsupportedOperationException e) {
            throw new TrampolinesUnsupportedException(reason, e);
        }
        if (isFirstWarning()) {
            if (Ports.thisJvm().isEmpty()) {
                Warnings.log(System.Logger.Level.INFO,
                        "Closures are upcall stubs of the JDK, code made at run time: " + reason.getMessage(), null);
            } else {
                Warnings.log(
                        "Static trampolines do not work here, so closures are upcall stubs of the JDK, code made at run time, as the fallback %s allows: %s"
                                .formatted(Fallback.UPCALL_STUBS, reason.getMessage()));
            }
            Events.fallbackInUse(reason.getMessage());
        }
        WarmUp.run(false);
    }

    private static synchronized boolean isFirstWarning() {
        boolean isFirst = !isWarned;
        isWarned = true;
        return isFirst;
    }
}
