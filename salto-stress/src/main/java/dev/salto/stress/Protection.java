// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.Salto;

/**
 * Protected tables. Each test is in a JVM of its own, so that its first table is mapped after it
 * has asked for them.
 */
final class Protection {
    private static final String TABLES = "dev.salto.tables";

    private Protection() {}

    /** Has all tables of this JVM protected. */
    static void begin() {
        System.setProperty(TABLES, "protected");
        new Numbered().bind().close();
        if (Salto.report().protectedTables() != Salto.statistics().tables()) {
            throw new IllegalStateException(
                    "there are tables that are not protected; the test needs a JVM of its own (jcstress's option -f 1)");
        }
    }
}
