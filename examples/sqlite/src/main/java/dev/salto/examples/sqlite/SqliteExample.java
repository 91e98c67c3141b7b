// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.sqlite;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A database of SQLite in memory that calls Java: functions and collations in SQL, and a hook that
 * hears of each change. For one thread.
 */
public final class SqliteExample implements AutoCloseable {
    private static final int SQLITE_UTF8 = 1;
    /** Makes SQLite copy a result. */
    private static final MemorySegment SQLITE_TRANSIENT = MemorySegment.ofAddress(-1);
    private static final int SQLITE_DELETE = 9;
    private static final int SQLITE_INSERT = 18;

    // SQLite's callbacks. Their C types follow from these methods: int, int64_t and pointers.

    interface ScalarFunction {
        void call(MemorySegment context, int count, MemorySegment values) throws Throwable;
    }

    interface Collation {
        int compare(MemorySegment data, int lengthA, MemorySegment a, int lengthB, MemorySegment b);
    }

    interface UpdateHook {
        void changed(MemorySegment data, int operation, MemorySegment database, MemorySegment table, long row);
    }

    interface RowCallback {
        int row(MemorySegment data, int count, MemorySegment values, MemorySegment names);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    static final ClosureType<ScalarFunction> SCALAR_FUNCTION = ClosureType.of(LOOKUP, ScalarFunction.class);
    static final ClosureType<Collation> COLLATION = ClosureType.of(LOOKUP, Collation.class);
    static final ClosureType<UpdateHook> UPDATE_HOOK = ClosureType.of(LOOKUP, UpdateHook.class);
    static final ClosureType<RowCallback> ROW_CALLBACK = ClosureType.of(LOOKUP, RowCallback.class);

    private static final SymbolLookup SQLITE = SymbolLookup.libraryLookup("libsqlite3.so.0", Arena.global());
    private static final MethodHandle OPEN = link("sqlite3_open", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE = link("sqlite3_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle EXEC = link("sqlite3_exec",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle MESSAGE = link("sqlite3_errmsg", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle CREATE_FUNCTION = link("sqlite3_create_function_v2", FunctionDescriptor
            .of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle CREATE_COLLATION = link("sqlite3_create_collation_v2",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle SET_UPDATE_HOOK = link("sqlite3_update_hook",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle VALUE_TEXT = link("sqlite3_value_text", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle RESULT_TEXT = link("sqlite3_result_text",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, ADDRESS));

    private final MemorySegment handle;
    private final Closure<UpdateHook> hook = UPDATE_HOOK.bind((_, _, _, _, _) -> {}).labelled("SQLite's update hook");

    /** Opens a new, empty database. */
    public SqliteExample() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ADDRESS);
            int code = Callbacks.callAndRethrow(RuntimeException.class,
                    () -> (int) OPEN.invokeExact(arena.allocateFrom(":memory:"), result));
            if (code != 0) {
                throw new IllegalStateException("SQLite answered " + code);
            }
            handle = result.get(ADDRESS, 0);
        }
        Callbacks.callAndRethrow(RuntimeException.class,
                () -> (MemorySegment) SET_UPDATE_HOOK.invokeExact(handle, hook.address(), NULL));
    }

    /** Defines a function of one text for SQL. SQLite closes its callback with the database. */
    public void defineFunction(String name, UnaryOperator<String> function) {
        Closure<ScalarFunction> callback = SCALAR_FUNCTION.bind((context, _, values) -> {
            MemorySegment value = values.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
            String argument = string((MemorySegment) VALUE_TEXT.invokeExact(value));
            try (Arena arena = Arena.ofConfined()) {
                RESULT_TEXT.invokeExact(context, arena.allocateFrom(function.apply(argument)), -1, SQLITE_TRANSIENT);
            }
        }).labelled("SQL function " + name);
        // SQLite also calls it if it refuses the function.
        Closure<Callbacks.DestroyNotify> destroy = Callbacks.destroyNotify(callback);
        try (Arena arena = Arena.ofConfined()) {
            call(() -> (int) CREATE_FUNCTION.invokeExact(handle, arena.allocateFrom(name), 1, SQLITE_UTF8, NULL,
                    callback.address(), NULL, NULL, destroy.address()));
        }
    }

    /** Defines an order of texts for SQL. SQLite closes its callback with the database. */
    public void defineCollation(String name, Comparator<String> order) {
        Closure<Collation> callback = COLLATION
                .bind((_, lengthA, a, lengthB, b) -> order.compare(string(a, lengthA), string(b, lengthB)))
                .labelled("SQL collation " + name);
        Closure<Callbacks.DestroyNotify> destroy = Callbacks.destroyNotify(callback);
        try (Arena arena = Arena.ofConfined()) {
            call(() -> (int) CREATE_COLLATION.invokeExact(handle, arena.allocateFrom(name), SQLITE_UTF8, NULL,
                    callback.address(), destroy.address()));
        }
    }

    /** Sets what hears of changes, such as {@code "INSERT fruit 1"}, in place of the one before. */
    public void onUpdate(Consumer<String> listener) {
        // SQLite keeps its function pointer, which now leads to another object.
        hook.rebind((_, operation, _, table, row) -> listener
                .accept("%s %s %d".formatted(nameOf(operation), string(table), row)));
    }

    private static String nameOf(int operation) {
        return switch (operation) {
            case SQLITE_INSERT -> "INSERT";
            case SQLITE_DELETE -> "DELETE";
            default -> "UPDATE";
        };
    }

    /**
     * Runs statements. An exception of a function, a collation or a listener leaves this method.
     *
     * @return the rows, each with commas between its values
     */
    public List<String> query(String sql) {
        List<String> rows = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = ROW_CALLBACK.bind((_, count, values, _) -> {
                MemorySegment strings = values.reinterpret(count * ADDRESS.byteSize());
                rows.add(IntStream.range(0, count).mapToObj(i -> string(strings.getAtIndex(ADDRESS, i)))
                        .collect(Collectors.joining(", ")));
                return 0;
            }, arena);
            call(() -> (int) EXEC.invokeExact(handle, arena.allocateFrom(sql), callback, NULL, NULL));
        }
        return rows;
    }

    @Override
    public void close() {
        call(() -> (int) CLOSE.invokeExact(handle));
        hook.close();
    }

    /** Calls SQLite, and throws the first exception of a callback, or SQLite's error message. */
    private void call(Callbacks.NativeCall<Integer, Throwable> function) {
        if (Callbacks.callAndRethrow(RuntimeException.class, function) != 0) {
            throw new IllegalStateException(string(Callbacks.callAndRethrow(RuntimeException.class,
                    () -> (MemorySegment) MESSAGE.invokeExact(handle))));
        }
    }

    private static String string(MemorySegment text) {
        return text.equals(NULL) ? "NULL" : text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    private static String string(MemorySegment text, int length) {
        return new String(text.reinterpret(length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(SQLITE.findOrThrow(name), function);
    }

    /** Shows what it does. */
    public static void main(String[] arguments) {
        try (SqliteExample database = new SqliteExample()) {
            database.defineFunction("reversed", text -> new StringBuilder(text).reverse().toString());
            database.defineCollation("by_length", Comparator.comparingInt(String::length));
            database.onUpdate(change -> System.out.println("hook: " + change));
            database.query("CREATE TABLE fruit(name TEXT); INSERT INTO fruit VALUES ('quince'), ('fig'), ('pear')");
            database.query("SELECT name, reversed(name) FROM fruit ORDER BY name COLLATE by_length")
                    .forEach(row -> System.out.println("row: " + row));
        }
    }
}
