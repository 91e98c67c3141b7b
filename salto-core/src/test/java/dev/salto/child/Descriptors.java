// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes up all the file descriptors that this process may have, but for a few, without any native
 * access.
 */
final class Descriptors {
    private static final List<FileInputStream> TAKEN = new ArrayList<>();
    private static final int STANDARD_ERROR = 2;

    private Descriptors() {}

    @SuppressWarnings("resource") // they are to stay open
    static void exhaust(int left) throws IOException {
        try {
            while (true) {
                TAKEN.add(new FileInputStream("/dev/zero"));
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("Too many open files")) {
                throw e;
            }
            release(left);
        }
    }

    static void release(int descriptors) throws IOException {
        for (int i = 0; i < descriptors; i++) {
            TAKEN.removeLast().close();
        }
    }

    static void releaseAll() throws IOException {
        release(TAKEN.size());
    }

    /** Closes everything but standard input, output and error, also what the JVM has open. */
    static void close() {
        SystemCall.CLOSE_RANGE.call(STANDARD_ERROR + 1, 0xffffffffL, 0);
    }
}
