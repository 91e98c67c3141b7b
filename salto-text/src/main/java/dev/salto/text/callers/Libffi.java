// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Closures of a libffi, made, called and freed by loops in C ({@code libffi.c}), as a C program
 * does. They call C functions. The methods may be called from any thread.
 */
public final class Libffi {
    /** {@code FFI_UNIX64}, in every libffi for Linux on x86-64. */
    private static final int ABI_ON_X86_64 = 2;

    /** {@code sizeof(ffi_closure)} on x86-64: the trampoline's room, and three pointers. */
    private static final int CLOSURE_SIZE_ON_X86_64 = 32 + 3 * 8;

    /** The fields of {@code struct library} that the caller fills in. */
    private static final List<String> SYMBOLS = List.of("ffi_closure_alloc", "ffi_closure_free", "ffi_prep_closure_loc",
            "ffi_prep_cif", "ffi_type_sint32", "ffi_type_sint64", "ffi_type_double");

    /** More than {@code struct library} has. */
    private static final long LIBRARY_SIZE = 2048;

    private static final SymbolLookup LOOPS = NativeLibrary.load("-libffi");
    private static final MethodHandle PREPARE = link("libffi_prepare", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle OPEN = link("libffi_open",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, ADDRESS, ADDRESS, LONG_LONG, LONG_LONG));
    private static final MethodHandle CLOSE = link("libffi_close",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, LONG_LONG, LONG_LONG));
    private static final MethodHandle CLOSE_PLACES = link("libffi_close_places",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, LONG_LONG, LONG_LONG));
    private static final MethodHandle OPEN_AND_CLOSE = link("libffi_open_and_close",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, LONG_LONG));
    private static final MethodHandle TIME_OPEN = link("libffi_time_open",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, ADDRESS, ADDRESS, LONG_LONG, LONG_LONG));
    private static final MethodHandle TIME_REPLACE = link("libffi_time_replace",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, ADDRESS, ADDRESS, LONG_LONG, LONG_LONG));
    private static final MethodHandle TIME_OPEN_AND_CLOSE = link("libffi_time_open_and_close",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, LONG_LONG));
    private static final MethodHandle OPEN_SHAPE = link("libffi_open_shape",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));

    private final MemorySegment library;

    private Libffi(MemorySegment library) {
        this.library = library;
    }

    /**
     * Loads a library, for good.
     *
     * @param name its path, or a name that the dynamic linker knows
     * @throws UnsupportedOperationException if it cannot be loaded, or its ABI is not known here;
     *     the message says which
     */
    public static Libffi load(String name) {
        try {
            return of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOperationException("there is no libffi in " + name, e);
        }
    }

    private static Libffi of(SymbolLookup symbols) {
        if (!System.getProperty("os.arch").equals("amd64")) {
            throw new UnsupportedOperationException("libffi's ABI is known here for x86-64 only");
        }
        MemorySegment library = Arena.global().allocate(LIBRARY_SIZE, Long.BYTES);
        for (int i = 0; i < SYMBOLS.size(); i++) {
            library.setAtIndex(ADDRESS, i, symbols.findOrThrow(SYMBOLS.get(i)));
        }
        library.setAtIndex(ADDRESS, SYMBOLS.size(),
                Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"));
        library.setAtIndex(JAVA_LONG, SYMBOLS.size() + 1, ABI_ON_X86_64);
        library.setAtIndex(JAVA_LONG, SYMBOLS.size() + 2, CLOSURE_SIZE_ON_X86_64);
        int error;
        try {
            error = (int) PREPARE.invokeExact(library);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        if (error != 0) {
            throw new IllegalStateException("ffi_prep_cif: error " + error);
        }
        return new Libffi(library);
    }

    /**
     * Makes closures, {@code int (*)(int, int)}, that add their arguments and their place.
     *
     * @param closures an array of pointers, for {@link #close}
     * @param functions an array of pointers, which gets the functions' addresses
     * @param from the first place in both arrays
     * @param to the place behind the last
     * @throws OutOfMemoryError if libffi has none left
     */
    public void open(MemorySegment closures, MemorySegment functions, long from, long to) {
        long end;
        try {
            end = (long) OPEN.invokeExact(library, closures, functions, from, to);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        if (end < to) {
            throw new OutOfMemoryError("libffi made no closure for place " + end);
        }
    }

    /** Frees the closures from one place of the array to another. */
    public void close(MemorySegment closures, long from, long to) {
        try {
            CLOSE.invokeExact(library, closures, from, to);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Frees closures in another order.
     *
     * @param places an array of ints, each a place in {@code closures}
     * @param from where to begin in {@code places}
     * @param to where to end
     */
    public void closePlaces(MemorySegment closures, MemorySegment places, long from, long to) {
        try {
            CLOSE_PLACES.invokeExact(library, closures, places, from, to);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /**
     * Makes a closure and frees it again, a number of times.
     *
     * @throws OutOfMemoryError if libffi has none left
     */
    public void openAndClose(long times) {
        long done;
        try {
            done = (long) OPEN_AND_CLOSE.invokeExact(library, times);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        if (done < times) {
            throw new OutOfMemoryError("libffi made no closure");
        }
    }

    /**
     * Makes closures as {@link #open} does, timed in C.
     *
     * @return how many nanoseconds it took
     * @throws OutOfMemoryError if libffi has none left
     */
    public long timeOpen(MemorySegment closures, MemorySegment functions, long from, long to) {
        long nanoseconds;
        try {
            nanoseconds = (long) TIME_OPEN.invokeExact(library, closures, functions, from, to);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        return requireMade(nanoseconds);
    }

    /**
     * Frees all closures of the array and makes new ones in their places, by batches, timed in C.
     *
     * @param count how many there are, a multiple of {@code batch}
     * @param batch how many are freed before as many are made
     * @return how many nanoseconds it took to make them
     * @throws OutOfMemoryError if libffi has none left
     */
    public long timeReplace(MemorySegment closures, MemorySegment functions, long count, long batch) {
        long nanoseconds;
        try {
            nanoseconds = (long) TIME_REPLACE.invokeExact(library, closures, functions, count, batch);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        return requireMade(nanoseconds);
    }

    /**
     * Makes a closure and frees it again, so many times, timed in C.
     *
     * @return how many nanoseconds it took
     * @throws OutOfMemoryError if libffi has none left
     */
    public long timeOpenAndClose(long times) {
        long nanoseconds;
        try {
            nanoseconds = (long) TIME_OPEN_AND_CLOSE.invokeExact(library, times);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        return requireMade(nanoseconds);
    }

    private static long requireMade(long nanoseconds) {
        if (nanoseconds < 0) {
            throw new OutOfMemoryError("libffi made no closure");
        }
        return nanoseconds;
    }

    /**
     * Makes a closure of another type, for good, that adds all it is given.
     *
     * @param shape 0 for a function as {@link Callers#callEightInts} calls it, 1 as
     *     {@link Callers#callEightDoubles} does, 2 as {@link Callers#callMixed} does
     * @throws OutOfMemoryError if libffi has none left
     */
    public MemorySegment openShape(int shape) {
        MemorySegment function;
        try {
            function = (MemorySegment) OPEN_SHAPE.invokeExact(library, shape);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        if (function.equals(MemorySegment.NULL)) {
            throw new OutOfMemoryError("libffi made no closure");
        }
        return function;
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(LOOPS.findOrThrow(name), function);
    }
}
