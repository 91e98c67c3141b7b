// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Native callers of function pointers, loaded once and for good. Every function pointer here is an
 * {@code int (*)(int, int)}. All methods may be called from any thread.
 */
public final class Callers {
    private static final SymbolLookup LIBRARY = load();

    private static final MethodHandle CALL_EACH = link("call_each",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));
    private static final MethodHandle CALL_IN_TURN = link("call_in_turn",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CALL_REPEATEDLY = link("call_repeatedly",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private Callers() {}

    /** The address of a C function that adds two {@code int}s. */
    public static MemorySegment add() {
        return LIBRARY.findOrThrow("add");
    }

    /** The address of a function without parameters that returns the scratch register as it found it, a pointer. */
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
     * Calls functions in turn; the result of each call is the first argument of the next, the second is the number of
     * the call.
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
     * Calls one function again and again; the result of each call is the first argument of the next, the second is the
     * number of the call.
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

    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), descriptor);
    }

    /** The dynamic linker wants a file, so the library leaves its JAR for as long as it takes to load it. */
    private static SymbolLookup load() {
        String architecture = System.getProperty("os.arch").equals("amd64")
                ? "x86_64"
                : System.getProperty("os.arch");
        String name = architecture + ".so";
        try (var content = Callers.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new UnsupportedOperationException("no native callers were built for " + architecture);
            }
            Path file = Files.createTempFile("callers-", ".so");
            try {
                Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load the native callers", e);
        }
    }

    /** A downcall refuses arguments that are no longer alive with an exception of its own, and throws nothing else. */
    private static RuntimeException unexpected(Throwable e) {
        return e instanceof RuntimeException refusal ? refusal : new IllegalStateException("a downcall threw", e);
    }
}
