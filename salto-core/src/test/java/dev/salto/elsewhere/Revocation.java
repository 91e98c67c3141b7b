// SPDX-License-Identifier: Apache-2.0

package dev.salto.elsewhere;

import dev.salto.Salto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets somebody else take a right from this process after it has started. */
final class Revocation {
    private static final String PROPERTY = "dev.salto.tests.revoked";
    private static final long PAUSE_IN_MILLISECONDS = 100;

    private Revocation() {}

    /**
     * If the property names a file, makes the file "started" beside it, and waits until the named
     * file is there. Salto's code is mapped by then.
     */
    static void await() throws IOException, InterruptedException {
        String name = System.getProperty(PROPERTY);
        if (name == null) {
            return;
        }
        Salto.initialize();
        Path revoked = Path.of(name);
        Files.createFile(revoked.resolveSibling("started"));
        while (!Files.exists(revoked)) {
            Thread.sleep(PAUSE_IN_MILLISECONDS);
        }
    }
}
