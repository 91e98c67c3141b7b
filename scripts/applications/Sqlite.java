// SPDX-License-Identifier: Apache-2.0

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** SQLite with a function in Java, through code as jextract makes it. */
public final class Sqlite {
    private static final SymbolLookup LIBRARY = SymbolLookup.libraryLookup("libsqlite3.so.0", Arena.global());
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS);
    private static final FunctionDescriptor ROW = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS,
            ADDRESS);
    private static final MethodHandle OPEN = function("sqlite3_open", FunctionDescriptor.of(JAVA_INT, ADDRESS,
            ADDRESS));
    private static final MethodHandle CREATE = function("sqlite3_create_function", FunctionDescriptor.of(JAVA_INT,
            ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle EXECUTE = function("sqlite3_exec", FunctionDescriptor.of(JAVA_INT, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle VALUE = function("sqlite3_value_int", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle RESULT = function("sqlite3_result_int", FunctionDescriptor.ofVoid(ADDRESS,
            JAVA_INT));
    private static final long STATEMENTS = 20_000;

    private static long sum;

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), type);
    }

    static void twice(MemorySegment context, int count, MemorySegment values) throws Throwable {
        int value = (int) VALUE.invokeExact(values.reinterpret(8).get(ADDRESS, 0));
        RESULT.invokeExact(context, 2 * value);
    }

    static int row(MemorySegment context, int count, MemorySegment values, MemorySegment names) {
        sum += Long.parseLong(values.reinterpret(8).get(ADDRESS, 0).reinterpret(32).getString(0));
        return 0;
    }

    public static void main(String[] arguments) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle twice = lookup.findStatic(Sqlite.class, "twice", FUNCTION.toMethodType());
        // The linker refuses methods that declare exceptions; a combined method handle hides them.
        twice = MethodHandles.dropArguments(twice, 0, int.class);
        twice = MethodHandles.insertArguments(twice, 0, 0);
        MethodHandle row = lookup.findStatic(Sqlite.class, "row", ROW.toMethodType());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ADDRESS);
            check((int) OPEN.invokeExact(arena.allocateFrom(":memory:"), place));
            MemorySegment database = place.get(ADDRESS, 0);
            check((int) CREATE.invokeExact(database, arena.allocateFrom("twice"), 1, 1, MemorySegment.NULL,
                    Linker.nativeLinker().upcallStub(twice, FUNCTION, arena), MemorySegment.NULL,
                    MemorySegment.NULL));
            for (long i = 0; i < STATEMENTS; i++) {
                try (Arena call = Arena.ofConfined()) {
                    check((int) EXECUTE.invokeExact(database, call.allocateFrom("select twice(" + i + ")"),
                            Linker.nativeLinker().upcallStub(row, ROW, call), MemorySegment.NULL,
                            MemorySegment.NULL));
                }
            }
        }
        System.out.println("SQLite: " + STATEMENTS + " statements, sum " + sum);
        Figures.write();
    }

    private static void check(int code) {
        if (code != 0) {
            throw new IllegalStateException("SQLite returned " + code);
        }
    }
}
