// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/** The system that this JVM runs on. */
final class ThisSystem {
    static final Os OS = System.getProperty("os.name").equals("Linux") ? new Linux() : new NoPort();

    private ThisSystem() {}
}
