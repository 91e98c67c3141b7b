// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static dev.salto.libraries.Library.STRING;
import static dev.salto.libraries.Library.STRINGS;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Amounts;
import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SQLite calls Java: functions and collations in SQL, rows, busy handlers, and destructors that
 * close themselves.
 */
final class SqliteTest {
    private static final int SQLITE_OK = 0;
    private static final int SQLITE_ABORT = 4;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_MISUSE = 21;
    private static final int SQLITE_UTF8 = 1;
    /** Makes SQLite copy a result. */
    private static final MemorySegment SQLITE_TRANSIENT = MemorySegment.ofAddress(-1);
    private static final MemorySegment USER_DATA = MemorySegment.ofAddress(0x5a170);

    interface Scalar {
        void call(MemorySegment context, int count, MemorySegment values) throws Throwable;
    }

    interface Destructor {
        void destroy(MemorySegment userData);
    }

    interface Collation {
        int compare(MemorySegment userData, int lengthA, MemorySegment a, int lengthB, MemorySegment b);
    }

    interface BusyHandler {
        int retry(MemorySegment userData, int earlierCalls) throws Throwable;
    }

    interface RowCallback {
        int row(MemorySegment userData, int count, MemorySegment values, MemorySegment names);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<Scalar> SCALAR = ClosureType.of(LOOKUP, Scalar.class,
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, STRINGS));
    private static final ClosureType<Destructor> DESTRUCTOR = ClosureType.of(LOOKUP, Destructor.class,
            FunctionDescriptor.ofVoid(ADDRESS));
    private static final ClosureType<Collation> COLLATION = ClosureType.of(LOOKUP, Collation.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, STRING, JAVA_INT, STRING));
    private static final ClosureType<BusyHandler> BUSY_HANDLER = ClosureType.of(LOOKUP, BusyHandler.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final ClosureType<RowCallback> ROW_CALLBACK = ClosureType.of(LOOKUP, RowCallback.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, STRINGS, STRINGS));

    private final Library sqlite = Library.open("libsqlite3.so.0", "libsqlite3-0");
    private final MethodHandle open = sqlite.link("sqlite3_open", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private final MethodHandle close = sqlite.link("sqlite3_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MethodHandle exec = sqlite.link("sqlite3_exec",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle createFunction = sqlite.link("sqlite3_create_function_v2", FunctionDescriptor
            .of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle createCollation = sqlite.link("sqlite3_create_collation_v2",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle busyHandler = sqlite.link("sqlite3_busy_handler",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle valueLong = sqlite.link("sqlite3_value_int64",
            FunctionDescriptor.of(LONG_LONG, ADDRESS));
    private final MethodHandle valueText = sqlite.link("sqlite3_value_text", FunctionDescriptor.of(STRING, ADDRESS));
    private final MethodHandle resultLong = sqlite.link("sqlite3_result_int64",
            FunctionDescriptor.ofVoid(ADDRESS, LONG_LONG));
    private final MethodHandle resultText = sqlite.link("sqlite3_result_text",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, ADDRESS));

    @TempDir
    private Path folder = Path.of("");

    /** A connection. All its queries hand their rows to a Java callback. */
    private final class Database implements AutoCloseable {
        private final MemorySegment handle;

        Database(String file) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment result = arena.allocate(ADDRESS);
                assertThat((int) open.invokeExact(arena.allocateFrom(file), result)).isEqualTo(SQLITE_OK);
                handle = result.get(ADDRESS, 0);
            }
        }

        int run(String sql, RowCallback rows) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                return (int) exec.invokeExact(handle, arena.allocateFrom(sql), ROW_CALLBACK.bind(rows, arena),
                        MemorySegment.NULL, MemorySegment.NULL);
            }
        }

        int run(String sql) throws Throwable {
            return run(sql, (_, _, _, _) -> 0);
        }

        /** The rows of a query, each as its values with commas between them. */
        List<String> query(String sql) throws Throwable {
            List<String> rows = new ArrayList<>();
            assertThat(run(sql, (_, count, values, _) -> {
                rows.add(strings(count, values));
                return 0;
            })).as(sql).isEqualTo(SQLITE_OK);
            return rows;
        }

        int define(String function, int parameters, MemorySegment callback, MemorySegment destructor) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                return (int) createFunction.invokeExact(handle, arena.allocateFrom(function), parameters, SQLITE_UTF8,
                        USER_DATA, callback, MemorySegment.NULL, MemorySegment.NULL, destructor);
            }
        }

        int setBusyHandler(MemorySegment handler) throws Throwable {
            return (int) busyHandler.invokeExact(handle, handler, MemorySegment.NULL);
        }

        @Override
        public void close() {
            try {
                assertThat((int) close.invokeExact(handle)).isEqualTo(SQLITE_OK);
            } catch (Throwable e) {
                throw new AssertionError("the database is not closed", e);
            }
        }
    }

    private static String strings(int count, MemorySegment strings) {
        return String.join(",",
                IntStream.range(0, count).mapToObj(i -> strings.getAtIndex(STRING, i).getString(0)).toList());
    }

    private static String text(MemorySegment bytes, int length) {
        return new String(bytes.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** A function of one integer, whose answer tells which function it was. */
    private Scalar plus(long own) {
        return (context, _, values) -> {
            long argument = (long) valueLong.invokeExact(values.getAtIndex(ADDRESS, 0));
            resultLong.invokeExact(context, argument + own);
        };
    }

    @Test
    void sqlCallsAJavaFunctionOnTextAndNumbers() throws Throwable {
        Scalar repeat = (context, _, values) -> {
            MemorySegment text = (MemorySegment) valueText.invokeExact(values.getAtIndex(ADDRESS, 0));
            long times = (long) valueLong.invokeExact(values.getAtIndex(ADDRESS, 1));
            try (Arena arena = Arena.ofConfined()) {
                resultText.invokeExact(context, arena.allocateFrom(text.getString(0).repeat((int) times)), -1,
                        SQLITE_TRANSIENT);
            }
        };
        try (Arena arena = Arena.ofConfined(); Database database = new Database(":memory:")) {
            assertThat(database.define("repeat", 2, SCALAR.bind(repeat, arena), MemorySegment.NULL))
                    .isEqualTo(SQLITE_OK);
            assertThat(database.define("next", 1, SCALAR.bind(plus(1), arena), MemorySegment.NULL))
                    .isEqualTo(SQLITE_OK);

            assertThat(database.query("VALUES (repeat('añb', 3), next(41)), (repeat('x', 0), next(1 << 40))"))
                    .containsExactly("añbañbañb,42", ",1099511627777");
            long rows = Amounts.scaled(10_000);
            assertThat(database.query(
                    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT %s)".formatted(rows)
                            + " SELECT sum(next(i)) FROM n"))
                    .containsExactly(Long.toString(rows * (rows + 3) / 2));
        }
    }

    @Test
    void closingTheDatabaseRunsADestructorThatClosesItself() throws Throwable {
        Destruction destruction = new Destruction();
        try (Database database = new Database(":memory:")) {
            MemorySegment destructor = destruction.owns(DESTRUCTOR.bind(destruction::run));
            assertThat(database.define("next", 1, destruction.owns(SCALAR.bind(plus(1))), destructor))
                    .isEqualTo(SQLITE_OK);

            assertThat(database.query("VALUES (next(1))")).containsExactly("2");
            destruction.assertPending();
        }
        destruction.assertRanOnce(USER_DATA);
    }

    @Test
    void theLibrarysOwnDestructorClosesTheFunctionAndItself() throws Throwable {
        Closure<Scalar> function = SCALAR.bind(plus(1));
        Closure<Callbacks.DestroyNotify> destructor = Callbacks.destroyNotify(function);
        try (Database database = new Database(":memory:")) {
            assertThat(database.define("next", 1, function.address(), destructor.address())).isEqualTo(SQLITE_OK);
            assertThat(database.query("select next(41)")).containsExactly("42");
        }

        assertThat(function.toString()).contains("closed");
        assertThat(destructor.toString()).contains("closed");
    }

    @Test
    void redefiningAFunctionRunsTheDestructorOfTheFirstOnly() throws Throwable {
        Destruction first = new Destruction();
        Destruction second = new Destruction();
        try (Database database = new Database(":memory:")) {
            assertThat(database.define("next", 1, first.owns(SCALAR.bind(plus(1))),
                    first.owns(DESTRUCTOR.bind(first::run)))).isEqualTo(SQLITE_OK);
            assertThat(database.define("next", 1, second.owns(SCALAR.bind(plus(100))),
                    second.owns(DESTRUCTOR.bind(second::run)))).isEqualTo(SQLITE_OK);

            first.assertRanOnce(USER_DATA);
            second.assertPending();
            assertThat(database.query("VALUES (next(1))")).containsExactly("101");
        }
        first.assertRanOnce(USER_DATA);
        second.assertRanOnce(USER_DATA);
    }

    @Test
    void aRefusedFunctionIsDestroyedAtOnce() throws Throwable {
        Destruction destruction = new Destruction();
        try (Database database = new Database(":memory:")) {
            String tooLong = "f".repeat(300);
            assertThat(database.define(tooLong, 1, destruction.owns(SCALAR.bind(plus(1))),
                    destruction.owns(DESTRUCTOR.bind(destruction::run)))).isEqualTo(SQLITE_MISUSE);
            destruction.assertRanOnce(USER_DATA);
        }
        destruction.assertRanOnce(USER_DATA);
    }

    @Test
    void destructorsClosedFromInsideLeaveEveryLaterClosureIntact() throws Throwable {
        try (Database database = new Database(":memory:")) {
            Destruction previous = new Destruction();
            for (int i = 0; i < Amounts.scaled(10_000); i++) {
                Destruction next = new Destruction();
                assertThat(database.define("next", 1, next.owns(SCALAR.bind(plus(i))),
                        next.owns(DESTRUCTOR.bind(next::run)))).isEqualTo(SQLITE_OK);
                if (i > 0) {
                    previous.assertRanOnce(USER_DATA);
                }
                previous = next;
                if (i % 100 == 0) {
                    assertThat(database.query("VALUES (next(1))")).containsExactly(Integer.toString(1 + i));
                }
            }
        }
    }

    @Test
    void orderByFollowsAJavaCollation() throws Throwable {
        Comparator<String> shortestFirst = Comparator.comparingInt(String::length)
                .thenComparing(Comparator.reverseOrder());
        List<String> words = IntStream.range(0, Amounts.scaled(1_000)).mapToObj(i -> Integer.toString(i * 7919, 3))
                .toList();
        Destruction destruction = new Destruction();
        try (Database database = new Database(":memory:"); Arena arena = Arena.ofConfined()) {
            Closure<Collation> collation = COLLATION
                    .bind((_, lengthA, a, lengthB, b) -> shortestFirst.compare(text(a, lengthA), text(b, lengthB)));
            assertThat((int) createCollation.invokeExact(database.handle, arena.allocateFrom("java"), SQLITE_UTF8,
                    USER_DATA, destruction.owns(collation), destruction.owns(DESTRUCTOR.bind(destruction::run))))
                    .isEqualTo(SQLITE_OK);
            assertThat(database.run("CREATE TABLE words (word TEXT)")).isEqualTo(SQLITE_OK);
            assertThat(database.run("INSERT INTO words VALUES ('" + String.join("'), ('", words) + "')"))
                    .isEqualTo(SQLITE_OK);

            assertThat(database.query("SELECT word FROM words ORDER BY word COLLATE java"))
                    .isEqualTo(words.stream().sorted(shortestFirst).toList());
            destruction.assertPending();
        }
        destruction.assertRanOnce(USER_DATA);
    }

    @Test
    void aBusyHandlerGivesUpAfterSomeCalls() throws Throwable {
        String file = folder.resolve("busy.db").toString();
        List<Integer> calls = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                Database first = new Database(file);
                Database second = new Database(file)) {
            assertThat(second.setBusyHandler(BUSY_HANDLER.bind((_, earlierCalls) -> {
                calls.add(earlierCalls);
                return earlierCalls < 4 ? 1 : 0;
            }, arena))).isEqualTo(SQLITE_OK);
            assertThat(first.run("BEGIN EXCLUSIVE")).isEqualTo(SQLITE_OK);

            assertThat(second.run("BEGIN EXCLUSIVE")).isEqualTo(SQLITE_BUSY);
            assertThat(calls).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void aBusyHandlerMayUseTheOtherConnection() throws Throwable {
        String file = folder.resolve("shared.db").toString();
        List<Integer> calls = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                Database first = new Database(file);
                Database second = new Database(file)) {
            assertThat(second.setBusyHandler(BUSY_HANDLER.bind((_, earlierCalls) -> {
                calls.add(earlierCalls);
                return earlierCalls == 2 && first.run("COMMIT") != SQLITE_OK ? 0 : 1;
            }, arena))).isEqualTo(SQLITE_OK);
            assertThat(first.run("BEGIN EXCLUSIVE; CREATE TABLE t (a); INSERT INTO t VALUES (1)"))
                    .isEqualTo(SQLITE_OK);

            assertThat(second.run("INSERT INTO t VALUES (2)")).isEqualTo(SQLITE_OK);
            assertThat(calls).containsExactly(0, 1, 2);
            assertThat(first.query("SELECT a FROM t ORDER BY a")).containsExactly("1", "2");
        }
    }

    @Test
    void eachRowReachesTheCallbackWithItsNames() throws Throwable {
        List<String> rows = new ArrayList<>();
        try (Database database = new Database(":memory:")) {
            assertThat(database.run("SELECT 1 AS a, 'x' AS b UNION SELECT 2, 'y'", (_, count, values, names) -> {
                rows.add(strings(count, names) + "=" + strings(count, values));
                return 0;
            })).isEqualTo(SQLITE_OK);
        }
        assertThat(rows).containsExactly("a,b=1,x", "a,b=2,y");
    }

    @Test
    void aRowCallbackEndsTheQuery() throws Throwable {
        List<String> rows = new ArrayList<>();
        try (Database database = new Database(":memory:")) {
            assertThat(database.run("VALUES (1), (2), (3), (4)", (_, count, values, _) -> {
                rows.add(strings(count, values));
                return rows.size() == 2 ? 1 : 0;
            })).isEqualTo(SQLITE_ABORT);
        }
        assertThat(rows).containsExactly("1", "2");
    }
}
