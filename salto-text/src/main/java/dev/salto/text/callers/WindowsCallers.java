// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Callers that use functions of Windows. */
public final class WindowsCallers {
    /** The code of the exceptions that the handler ends. */
    public static final int RAISED = 0xe0005a17;

    private static final SymbolLookup KERNEL = SymbolLookup.libraryLookup("kernel32.dll", Arena.global());

    private WindowsCallers() {}

    /** The numbers of exceptions that a vectored exception handler saw. */
    public record Exceptions(long inRange, long raised) {}

    /**
     * Calls a function of two integers on a fiber of its own, with the same argument twice.
     *
     * @return the sum of the results
     */
    public static long callOnFiber(MemorySegment function, int calls, int a, long stackSize) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fibers = arena.allocate(MemoryLayout.sequenceLayout(5, ADDRESS));
            String[] names = {"ConvertThreadToFiber", "CreateFiber", "SwitchToFiber", "DeleteFiber",
                "ConvertFiberToThread"};
            for (int i = 0; i < names.length; i++) {
                fibers.setAtIndex(ADDRESS, i, KERNEL.findOrThrow(names[i]));
            }
            return (long) Callers
                    .link("call_on_fiber",
                            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG))
                    .invokeExact(function, calls, a, fibers, stackSize);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Calls a function again and again while a vectored handler of C is the first one. The handler
     * lets execution continue after exceptions with the code {@link #RAISED}.
     *
     * @param from the beginning of the code whose exceptions are counted
     * @param to its end
     */
    public static Exceptions callWithExceptionHandler(MemorySegment function, int calls, int a, long from, long to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seen = arena.allocateFrom(JAVA_LONG, from, to, 0, 0);
            int _ = (int) Callers
                    .link("call_with_exception_handler",
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS))
                    .invokeExact(function, calls, a, seen, KERNEL.findOrThrow("AddVectoredExceptionHandler"),
                            KERNEL.findOrThrow("RemoveVectoredExceptionHandler"));
            return new Exceptions(seen.getAtIndex(JAVA_LONG, 2), seen.getAtIndex(JAVA_LONG, 3));
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }
}
