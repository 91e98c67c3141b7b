// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.io.ByteArrayOutputStream;

/**
 * Writes numbers as class files have them. The JDK's {@code DataOutputStream} takes milliseconds at
 * the start of a JVM.
 */
final class ByteOutput extends ByteArrayOutputStream {
    void u1(int value) {
        write(value);
    }

    void u2(int value) {
        write(value >>> Byte.SIZE);
        write(value);
    }

    void u4(int value) {
        u2(value >>> Character.SIZE);
        u2(value);
    }
}
