// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/** The system that this JVM runs on. */
final class ThisSystem {
    static final Os OS = find();

    private ThisSystem() {}

    /** A process needs one of these classes, and loads no other. */
    private static Os find() {
        String system = System.getProperty("os.name");
        if (system.equals("Linux")) {
            return new Linux();
        }
        if (system.startsWith("Windows") && System.getProperty("os.arch").equals("amd64")) {
            return new Windows();
        }
        return new NoPort();
    }
}
