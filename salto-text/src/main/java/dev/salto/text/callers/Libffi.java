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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Closures of libffi, the system's or another, made, called and freed by C code ({@code libffi.c}), in loops, as a C program would. What they call is C, too. The
 * methods may be called from any thread.
 */
public final class Libffi {
    /** The names that the library has had, the newest first. */
    private static final List<String> NAMES = List.of("libffi.so.8", "libffi.so.7", "libffi.so.6");

    /** {@code FFI_UNIX64}, in every libffi for Linux on x86-64. */
    private static final int ABI_ON_X86_64 = 2;

    /** {@code sizeof(ffi_closure)} on x86-64: the trampoline's room, and three pointers. */
    private static final int CLOSURE_SIZE_ON_X86_64 = 32 + 3 * 8;

    /** What the caller fills in of {@code struct library}. */
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
    private static final MethodHandle OPEN_SHAPE = link("libffi_open_shape",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));

    private final MemorySegment library;

    private Libffi(MemorySegment library) {
        this.library = library;
    }

    /**
     * Finds the system's library and loads it, for good.
     *
     * @throws UnsupportedOperationException if there is none, or its ABI is not known here; the message says which
     */
    public static Libffi load() {
        return of(NAMES.stream().flatMap(name -> lookup(name).stream()).findFirst()
                .orElseThrow(() -> new UnsupportedOperationException(
                        "the dynamic linker knows no libffi, by none of the names " + NAMES)));
    }

    /**
     * Loads a library, for good.
     *
     * @throws UnsupportedOperationException if it cannot be loaded, or its ABI is not known here; the message says which
     */
    public static Libffi load(Path file) {
        try {
            return of(SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException e) {
            throw new UnsupportedOperationException("there is no libffi in " + file, e);
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
        library.setAtIndex(JAVA_LONG, SYMBOLS.size(), ABI_ON_X86_64);
        library.setAtIndex(JAVA_LONG, SYMBOLS.size() + 1, CLOSURE_SIZE_ON_X86_64);
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

    private static Optional<SymbolLookup> lookup(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes closures, {@code int (*)(int, int)}, that add their arguments and their place.
     *
     * @param closures an array of pointers, which gets what {@link #close} wants
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
     * Makes a closure and frees it again, so many times.
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
     * Makes a closure of another type, for good, that adds all it is given.
     *
     * @param shape 0 for a function as {@link Callers#callEightInts} calls it, 1 as {@link Callers#callEightDoubles} does, 2 as {@link Callers#callMixed} does
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
