// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Native callers of function pointers, loaded once and for good. A function pointer is an
 * {@code int (*)(int, int)} where nothing else is said. All methods may be called from any thread.
 */
public final class Callers {
    private static final SymbolLookup LIBRARY = NativeLibrary.load("");

    private static final MethodHandle CALL_EACH = link("call_each",
            FunctionDescriptor.ofVoid(ADDRESS, LONG_LONG, JAVA_INT, ADDRESS));
    private static final MethodHandle CALL_IN_TURN = link("call_in_turn",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, LONG_LONG, LONG_LONG, JAVA_INT));
    private static final MethodHandle CALL_REPEATEDLY = link("call_repeatedly",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, LONG_LONG, JAVA_INT));

    private static final MethodHandle CALL_EIGHT_INTS = link("call_eight_ints",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, LONG_LONG));
    private static final MethodHandle CALL_EIGHT_DOUBLES = link("call_eight_doubles",
            FunctionDescriptor.of(DOUBLE, ADDRESS, LONG_LONG));
    private static final MethodHandle CALL_MIXED = link("call_mixed",
            FunctionDescriptor.of(DOUBLE, ADDRESS, LONG_LONG));

    private static final MethodHandle CALL_FOR_QUAD = link("call_for_quad",
            FunctionDescriptor.of(DOUBLE, ADDRESS, JAVA_INT));
    private static final MethodHandle CALL_FOR_MIXTURE = link("call_for_mixture",
            FunctionDescriptor.of(DOUBLE, ADDRESS, JAVA_INT));
    private static final MethodHandle CALL_FOR_DOUBLE_FLOAT = link("call_for_double_float",
            FunctionDescriptor.of(DOUBLE, ADDRESS, JAVA_INT));
    private static final MethodHandle CALL_FOR_FLOAT_DOUBLE = link("call_for_float_double",
            FunctionDescriptor.of(DOUBLE, ADDRESS, JAVA_INT));
    private static final MethodHandle CALL_FOR_LARGE = link("call_for_large",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, JAVA_INT));

    private static final MethodHandle ADD_TO_FLOAT = link("add_to_float",
            FunctionDescriptor.of(JAVA_FLOAT, ADDRESS, JAVA_FLOAT));
    private static final MethodHandle ADD_TO_DOUBLE = link("add_to_double",
            FunctionDescriptor.of(DOUBLE, ADDRESS, DOUBLE));

    private static final MethodHandle ERRNO_AFTER = link("errno_after",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    private Callers() {}

    /** The end of the name of the file with these functions, as a system shows it. */
    public static String fileName() {
        return NativeLibrary.shownName("");
    }

    /**
     * Calls a {@code struct { float a, b, c, d; } (*)(int)}.
     *
     * @return {@code a + 2 * b + 4 * c + 8 * d}
     */
    public static double callForQuad(MemorySegment function, int a) {
        try {
            return (double) CALL_FOR_QUAD.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a {@code struct { double; int; } (*)(int)}.
     *
     * @return the sum of the struct's members
     */
    public static double callForMixture(MemorySegment function, int a) {
        try {
            return (double) CALL_FOR_MIXTURE.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a {@code struct { double; float; } (*)(int)}.
     *
     * @return the sum of the struct's members
     */
    public static double callForDoubleFloat(MemorySegment function, int a) {
        try {
            return (double) CALL_FOR_DOUBLE_FLOAT.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a {@code struct { float; double; } (*)(int)}.
     *
     * @return the sum of the struct's members
     */
    public static double callForFloatDouble(MemorySegment function, int a) {
        try {
            return (double) CALL_FOR_FLOAT_DOUBLE.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a function that returns a struct of five {@code long long}s, with an {@code int} and
     * nine {@code long long}s, 2 to 10.
     *
     * @return the sum of the struct's members
     */
    public static long callForLarge(MemorySegment function, int a) {
        try {
            return (long) CALL_FOR_LARGE.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * The address of a C function that calls what its argument says, as {@link NativeThread} wants
     * it.
     */
    static MemorySegment callInThread() {
        return LIBRARY.findOrThrow("call_in_thread");
    }

    /** The same for {@code dl_iterate_phdr}, as {@link LoaderCalls} wants it. */
    static MemorySegment callInIteration() {
        return LIBRARY.findOrThrow("call_in_iteration");
    }

    /** Calls a {@code float (*)(void)}, and adds a number to the result. */
    public static float addToFloat(MemorySegment function, float a) {
        try {
            return (float) ADD_TO_FLOAT.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Calls a {@code double (*)(void)}, and adds a number to the result. */
    public static double addToDouble(MemorySegment function, double a) {
        try {
            return (double) ADD_TO_DOUBLE.invokeExact(function, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * On Windows, calls a function after it has set the number of the last error.
     *
     * @return what {@code GetLastError} returns after the call
     */
    public static int lastErrorAfterCall(MemorySegment function, int error) {
        try {
            MethodHandle call = link("last_error_after_call",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
            return (int) call.invokeExact(function, error, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sets {@code errno}, and calls a function once.
     *
     * @return {@code errno} after the call
     */
    public static int errnoAfter(int number, MemorySegment function) {
        try {
            return (int) ERRNO_AFTER.invokeExact(
                    Linker.nativeLinker().defaultLookup().findOrThrow("__errno_location"), number, function);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The address of a C function that adds two {@code int}s. */
    public static MemorySegment add() {
        return LIBRARY.findOrThrow("add");
    }

    /**
     * The address of a C function that adds two {@code int}s and a third one, to which its third
     * parameter points.
     */
    public static MemorySegment addWithContext() {
        return LIBRARY.findOrThrow("add_with_context");
    }

    /**
     * The address of a variadic C function, {@code double (*)(long long count, ...)}, that adds up
     * as many doubles; they are its first variable arguments.
     */
    public static MemorySegment sumOfDoubles() {
        return LIBRARY.findOrThrow("sum_of_doubles");
    }

    /**
     * Calls a {@code long (*)(int, int, int, int, int, int, int, int)} again and again, with the
     * number of the call and 2 to 8.
     *
     * @return the sum of the results
     */
    public static long callEightInts(MemorySegment function, long calls) {
        try {
            return (long) CALL_EIGHT_INTS.invokeExact(function, calls);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a {@code double (*)(double, double, double, double, double, double, double, double)}
     * again and again, with the number of the call and 2 to 8.
     *
     * @return the sum of the results
     */
    public static double callEightDoubles(MemorySegment function, long calls) {
        try {
            return (double) CALL_EIGHT_DOUBLES.invokeExact(function, calls);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls a {@code double (*)(int, struct { long; double; }, double)} again and again, with the
     * number of the call, that number and one half, and 2.
     *
     * @return the sum of the results
     */
    public static double callMixed(MemorySegment function, long calls) {
        try {
            return (double) CALL_MIXED.invokeExact(function, calls);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * The address of a function that checks the stack pointer. It returns the distance of its stack
     * arguments from the ABI's alignment in bytes, a {@code long}.
     */
    public static MemorySegment misalignmentOfStack() {
        return LIBRARY.findOrThrow("misalignment_of_stack");
    }

    /**
     * The address of a function without parameters that returns the scratch register as it found
     * it, a pointer.
     */
    public static MemorySegment dataOfThisCall() {
        return LIBRARY.findOrThrow("data_of_this_call");
    }

    /**
     * Calls each function once, with {@code a} and the function's index.
     *
     * @param functions an array of {@code count} pointers
     * @param count the number of functions
     * @param a the first argument
     * @param results an array of {@code count} ints, for what the functions return
     */
    public static void callEach(MemorySegment functions, long count, int a, MemorySegment results) {
        try {
            CALL_EACH.invokeExact(functions, count, a, results);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls functions in turn; the result of each call is the first argument of the next, the
     * second is the number of the call.
     *
     * @param functions an array of {@code count} pointers
     * @param count the number of functions
     * @param calls the number of calls in all
     * @param a the first argument of the first call
     * @return the result of the last call
     */
    public static int callInTurn(MemorySegment functions, long count, long calls, int a) {
        try {
            return (int) CALL_IN_TURN.invokeExact(functions, count, calls, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Calls one function again and again. The first argument of a call is the result of the last
     * one; the second is the number of the call.
     *
     * @param function the function
     * @param calls the number of calls
     * @param a the first argument of the first call
     * @return the result of the last call
     */
    public static int callRepeatedly(MemorySegment function, long calls, int a) {
        try {
            return (int) CALL_REPEATEDLY.invokeExact(function, calls, a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), descriptor);
    }

    /**
     * A downcall refuses arguments that are no longer alive with an exception of its own, and
     * throws nothing else.
     */
    static RuntimeException unexpected(Throwable e) {
        return e instanceof RuntimeException refusal ? refusal : new IllegalStateException("a downcall threw", e);
    }
}
