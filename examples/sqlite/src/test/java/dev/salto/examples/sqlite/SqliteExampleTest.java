// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.salto.OpenClosures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** SQLite calls Java. */
final class SqliteExampleTest {
    @Test
    void sqlCallsAJavaFunction() {
        try (SqliteExample database = new SqliteExample()) {
            database.defineFunction("shout", text -> text.toUpperCase(Locale.ROOT) + "!");

            assertThat(database.query("SELECT shout('añb'), 1, NULL UNION ALL SELECT shout(''), 2, 'x'"))
                    .containsExactly("AÑB!, 1, NULL", "!, 2, x");
        }
    }

    @Test
    void orderByFollowsAJavaComparator() {
        try (SqliteExample database = new SqliteExample()) {
            database.defineCollation("last_letter", Comparator.comparingInt(text -> text.charAt(text.length() - 1)));
            database.query("CREATE TABLE fruit(name TEXT); INSERT INTO fruit VALUES ('pear'), ('fig'), ('quince')");

            assertThat(database.query("SELECT name FROM fruit ORDER BY name COLLATE last_letter"))
                    .containsExactly("quince", "fig", "pear");
        }
    }

    @Test
    void theListenerThatWasSetLastHearsOfChanges() {
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        try (SqliteExample database = new SqliteExample()) {
            database.query("CREATE TABLE fruit(name TEXT)");
            database.onUpdate(first::add);
            database.query("INSERT INTO fruit VALUES ('fig'), ('pear')");
            database.onUpdate(second::add);
            database.query("UPDATE fruit SET name = 'plum' WHERE name = 'fig'; DELETE FROM fruit WHERE name = 'pear'");
        }
        assertThat(first).containsExactly("INSERT fruit 1", "INSERT fruit 2");
        assertThat(second).containsExactly("UPDATE fruit 1", "DELETE fruit 2");
    }

    @Test
    void anExceptionOfAFunctionReachesTheCallerOfTheQuery() {
        try (SqliteExample database = new SqliteExample()) {
            database.defineFunction("fail", text -> {
                throw new UnsupportedOperationException(text);
            });

            assertThatThrownBy(() -> database.query("SELECT fail('no')"))
                    .isInstanceOf(UnsupportedOperationException.class).hasMessage("no");
            assertThat(database.query("SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void anErrorOfSqliteHasItsMessage() {
        try (SqliteExample database = new SqliteExample()) {
            assertThatThrownBy(() -> database.query("SELECT pear")).isInstanceOf(IllegalStateException.class)
                    .hasMessage("no such column: pear");
        }
    }

    @Test
    void closingTheDatabaseClosesAllCallbacks() {
        try (SqliteExample database = new SqliteExample()) {
            database.defineFunction("same", text -> text);
            database.defineFunction("same", text -> text + text);
            database.defineCollation("natural", Comparator.naturalOrder());
            database.query("SELECT same('x')");

            assertThat(SqliteExample.SCALAR_FUNCTION.openClosures())
                    .extracting(OpenClosures::label, OpenClosures::count)
                    .containsExactly(tuple(Optional.of("SQL function same"), 1L));
        }
        SqliteExample.SCALAR_FUNCTION.requireNoneOpen();
        SqliteExample.COLLATION.requireNoneOpen();
        SqliteExample.UPDATE_HOOK.requireNoneOpen();
        SqliteExample.ROW_CALLBACK.requireNoneOpen();
    }
}
