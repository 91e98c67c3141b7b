// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.jextract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The example does what it says. */
final class DatabaseTest {
    @Test
    void sqliteHandsItsRowsToJava() {
        try (Database database = new Database()) {
            assertThat(database.firstColumn("""
                    CREATE TABLE fruit(name TEXT, weight INT);
                    INSERT INTO fruit VALUES ('pear', 180), ('fig', 50), ('quince', 250);
                    SELECT name FROM fruit ORDER BY weight;
                    """)).containsExactly("fig", "pear", "quince");
        }
    }
}
