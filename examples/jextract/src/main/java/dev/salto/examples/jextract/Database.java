// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.jextract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** A database of SQLite in memory. For one thread. */
public final class Database implements AutoCloseable {
    private static final AddressLayout STRING = ADDRESS
            .withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

    private final SymbolLookup sqlite = SymbolLookup.libraryLookup("libsqlite3.so.0", Arena.global());
    private final MethodHandle exec = link("sqlite3_exec",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle close = link("sqlite3_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MemorySegment handle;

    /** Opens a new, empty database. */
    public Database() {
        handle = open();
    }

    private MemorySegment open() {
        MethodHandle open = link("sqlite3_open", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ADDRESS);
            require((int) open.invokeExact(arena.allocateFrom(":memory:"), result));
            return result.get(ADDRESS, 0);
        } catch (Throwable e) {
            throw new IllegalStateException("sqlite3_open failed", e);
        }
    }

    /**
     * Runs statements.
     *
     * @param sql the statements
     * @return the first column of each row
     */
    public List<String> firstColumn(String sql) {
        List<String> rows = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = RowCallback.allocate((context, count, values, names) -> {
                rows.add(values.reinterpret(STRING.byteSize()).get(STRING, 0).getString(0));
                return 0;
            }, arena);
            require((int) exec.invokeExact(handle, arena.allocateFrom(sql), callback, MemorySegment.NULL,
                    MemorySegment.NULL));
            return rows;
        } catch (Throwable e) {
            throw new IllegalStateException("sqlite3_exec failed: " + sql, e);
        }
    }

    @Override
    public void close() {
        try {
            require((int) close.invokeExact(handle));
        } catch (Throwable e) {
            throw new IllegalStateException("sqlite3_close failed", e);
        }
    }

    private static void require(int code) {
        if (code != 0) {
            throw new IllegalStateException("SQLite answered " + code);
        }
    }

    private MethodHandle link(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(sqlite.findOrThrow(name), descriptor);
    }

    /** Prints names in an order that SQL decides. */
    public static void main(String[] arguments) {
        try (Database database = new Database()) {
            database.firstColumn("""
                    CREATE TABLE fruit(name TEXT, weight INT);
                    INSERT INTO fruit VALUES ('pear', 180), ('fig', 50), ('quince', 250);
                    SELECT name FROM fruit ORDER BY weight;
                    """).forEach(System.out::println);
        }
    }
}
