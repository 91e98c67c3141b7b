// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import dev.salto.Mechanism;
import dev.salto.Salto;
import dev.salto.StaticLinker;
import dev.salto.TrampolinesUnsupportedException;
import dev.salto.internal.os.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes static trampolines for the callers of the JDK's linker. It gets the caller's class, the
 * linker and the parameters. Its result is null if the JDK is to make the stub, or to refuse it.
 *
 * <p>Any thread may use it. No exception leaves it, except for rewritten call sites.
 */
@SuppressWarnings("overloads") // nobody calls andThen
public final class StaticStubs
        implements
            Function<Object[], @Nullable Object>,
            Consumer<Boolean>,
            Supplier<String> {
    static {
        HandOver.toLoader(StaticStubs.class, new StaticStubs());
    }

    private final StubCounts counts = new StubCounts();

    private StaticStubs() {}

    /** Says whether there will be a report. */
    @Override
    public void accept(Boolean isReport) {
        if (isReport) {
            counts.countCallSites();
        }
    }

    /** The report. */
    @Override
    public String get() {
        return new StubReport(counts).toString();
    }

    /** Loads Salto with the first stub. */
    private static final class Maker {
        static final Linker JDK = Linker.nativeLinker();
        static final StaticLinker LINKER = StaticLinker.nativeLinker();

        /** Null if there are static trampolines. */
        static final @Nullable String PROBLEM = problem();

        private Maker() {}

        private static @Nullable String problem() {
            // The JDK has checked the caller.
            NativeAccess.leaveToCallers();
            if (Salto.report().mechanism() == Mechanism.TRAMPOLINES) {
                return null;
            }
            String problem = "static trampolines do not work here: " + Salto.report().problem();
            Messages.say("leaves all upcall stubs to the JDK, because " + problem);
            return problem;
        }
    }

    @Override
    public @Nullable Object apply(Object[] call) {
        if (CallerStubs.isFromCallSite(call)) {
            NativeAccess.checkLikeTheJdk((Class<?>) call[0]);
            Object stub = tryToMake(call);
            return stub != null ? stub : CallerStubs.ofJdk(call);
        }
        return tryToMake(call);
    }

    private @Nullable Object tryToMake(Object[] call) {
        CallerCounts caller = counts.of((Class<?>) call[0]);
        if (caller.isSalto()) {
            return null;
        }
        try {
            return make(caller, (Linker) call[1], (MethodHandle) call[2], (FunctionDescriptor) call[3],
                    (Arena) call[4], (Linker.Option[]) call[5]);
        } catch (Throwable e) {
            caller.countJdk(e.toString());
            return null;
        }
    }

    private static @Nullable MemorySegment make(CallerCounts caller, Linker linker, MethodHandle target,
            FunctionDescriptor function, Arena arena, Linker.Option[] options) {
        if (Maker.PROBLEM != null) {
            caller.countJdk(Maker.PROBLEM);
            return null;
        }
        if (options == null || options.length != 0) {
            caller.countJdk("it has an option of the linker");
            return null;
        }
        if (!Maker.JDK.equals(linker)) {
            caller.countJdk("its linker is not the native one");
            return null;
        }
        MemorySegment stub;
        try {
            stub = Maker.LINKER.upcallStub(target, function, arena);
        } catch (TrampolinesUnsupportedException e) {
            caller.countJdk(String.valueOf(e.getMessage()));
            return null;
        }
        caller.countStatic();
        return stub;
    }
}
