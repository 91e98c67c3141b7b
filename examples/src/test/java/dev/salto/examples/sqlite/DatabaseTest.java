// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The example does what it says. */
final class DatabaseTest {
    @Test
    void sqliteHandsItsRowsToJava() {
        assumeSqlite();
        try (Database database = new Database()) {
            assertThat(database.firstColumn("""
                    CREATE TABLE fruit(name TEXT, weight INT);
                    INSERT INTO fruit VALUES ('pear', 180), ('fig', 50), ('quince', 250);
                    SELECT name FROM fruit ORDER BY weight;
                    """)).containsExactly("fig", "pear", "quince");
        }
    }

    private static void assumeSqlite() {
        try {
            SymbolLookup.libraryLookup("libsqlite3.so.0", Arena.global());
        } catch (IllegalArgumentException e) {
            System.out.println(
                    "The SQLite example is skipped: libsqlite3.so.0 cannot be loaded; on Debian, install libsqlite3-0");
            Assumptions.abort("libsqlite3.so.0 is not installed");
        }
    }
}
