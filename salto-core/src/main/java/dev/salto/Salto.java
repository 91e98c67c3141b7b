// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.Rehearsal;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.events.Events;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.gate.GateSetting;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import dev.salto.internal.text.Warnings;
import java.lang.foreign.FunctionDescriptor;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Salto in this process: where its code comes from, what may happen if there is none, and a report
 * on all of it.
 *
 * <p>What can be set from outside, by system properties that are read when they are first needed:
 *
 * <table>
 * <caption>System properties</caption>
 * <tr><th>property</th><th>value</th></tr>
 * <tr><td>{@code dev.salto.text}</td><td>the file that holds the text image: the code of all
 * trampolines</td></tr>
 * <tr><td>{@code dev.salto.text.sources}</td><td>where the text image may come from, in which
 * order, separated by commas; by default
 * {@code property,installed,memfd,class-folder,jar,file}; under a filter for system calls, which
 * may end the process for the attempt, {@code memfd} comes behind {@code jar}. {@code
 * installed,class-folder,jar}, say, to map files in place, which must not be overwritten
 * then</td></tr>
 * <tr><td>{@code dev.salto.text.folder}</td><td>the folder for the private file, if it comes to
 * that; by default {@code java.io.tmpdir},
 * {@code $XDG_RUNTIME_DIR}, {@code $XDG_CACHE_HOME} and {@code ~/.cache}, whichever allows
 * executable files</td></tr>
 * <tr><td>{@code dev.salto.fallback}</td><td>{@code none}, the default, or {@code upcall-stubs},
 * see {@link Fallback}</td></tr>
 * <tr><td>{@code dev.salto.use-after-free}</td><td>{@code log}, the default, {@code throw} or
 * {@code end-process}, see {@link UseAfterFreePolicy}</td></tr>
 * <tr><td>{@code dev.salto.quarantine}</td><td>how many closures of a type are closed at least
 * before a function pointer is used again, so that calls of closed closures are noticed; 1000 by
 * default. Those of a type's first 64 closures are not used again while the type exists</td></tr>
 * <tr><td>{@code dev.salto.promotion}</td><td>how many classes of objects of each type have a type
 * profile of their own, when objects of more than
 * two classes are bound and are called often; 16 by default, 0 for none</td></tr>
 * <tr><td>{@code dev.salto.gates}</td><td>{@code made}, the default; {@code early}: types of method
 * handles, too, have a gate with their first closure; or {@code none}: after {@link #initialize}
 * nothing is made for any function type, no stub and no class, and
 * only {@link CallInterface}s can be used</td></tr>
 * <tr><td>{@code dev.salto.trace.close}</td><td>{@code true} to record where closures are closed,
 * see {@link ClosureOption#traceCloses}</td></tr>
 * <tr><td>{@code dev.salto.trace.bind}</td><td>{@code true} to record where closures are bound, see
 * {@link ClosureOption#traceBinds}</td></tr>
 * </table>
 *
 * <p>All methods may be called from any thread.
 */
public final class Salto {
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    static {
        Warnings.setWriter(new Log());
    }

    private Salto() {}

    /**
     * Finds, maps and checks the code now, instead of when it is first needed: before a process
     * gives up rights that this takes. Does nothing the second time.
     *
     * @throws TrampolinesUnsupportedException if static trampolines do not work here and the policy
     *     is {@link Fallback#NONE}; the message lists what was tried, and why each failed
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native
     *     code; the message names the option to change that
     * @throws IllegalArgumentException if a system property has a value that means nothing
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
     * Has options override what all types chose, for the application that the libraries are part
     * of. Each call replaces the options of the call before; without any, types have what they
     * chose.
     *
     * <p>{@link ClosureOption#onException}, {@link ClosureOption#onUseAfterFree} and {@link
     * ClosureOption#traceCloses} apply to all types from now on, {@link ClosureOption#fallback} to
     * types that are made from now on. {@link ClosureOption} has a table of who decides.
     *
     * @param options one of each kind
     * @throws IllegalArgumentException if there are two of a kind, or one that cannot be for all
     *     types: {@link ExceptionPolicy#returnValue}, {@link ClosureOption#tier} or {@link
     *     ClosureOption#firstVariadicArg}
     */
    public static void override(ClosureOption... options) {
        ClosureOptions chosen = ClosureOptions.withoutTier("Salto.override", options);
        ClosureSettings settings = chosen.overriding();
        Fallback.override(chosen.fallback());
        ClosureSettings.override(settings);
    }

    /**
     * What works in this process, how, and why not otherwise. Tries to map the code if that was not
     * done before.
     *
     * @return the state of this moment
     * @throws IllegalArgumentException if a system property has a value that means nothing
     */
    public static Report report() {
        return CurrentReport.take();
    }

    /** {@return what happened in this process so far, in numbers} */
    public static Statistics statistics() {
        return CurrentStatistics.take();
    }

    /**
     * The closures of the whole process that are open now, those that arenas close and those without
     * a {@link Closure} among them. Walks through all closures, for some milliseconds per million.
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
     * The text image, for closures.
     *
     * @param fallback what the type chose for where there is none; null if it did not
     * @return null if closures have to be upcall stubs, and may
     * @throws TrampolinesUnsupportedException if they have to be, and must not
     */
    static @Nullable TextImage textImageForClosures(@Nullable Fallback fallback) {
        try {
            TextImage image = TextImage.get();
            WarmUp.run(true);
            return image;
        } catch (TextImageException e) {
            if (Fallback.of(fallback) != Fallback.UPCALL_STUBS) {
                throw new TrampolinesUnsupportedException(e);
            }
            if (!WARNED.getAndSet(true)) {
                Warnings.log(
                        "Static trampolines do not work here, so closures are upcall stubs of the JDK, code made at run time, as the fallback %s allows: %s"
                                .formatted(Fallback.UPCALL_STUBS, e.getMessage()));
                Events.fallbackInUse(e.getMessage());
            }
            WarmUp.run(false);
            return null;
        }
    }
}
