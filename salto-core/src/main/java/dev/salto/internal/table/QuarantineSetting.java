// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/** The system property with the size of the quarantine. */
final class QuarantineSetting {
    private static final String PROPERTY = "dev.salto.quarantine";
    private static final int DEFAULT = 1000;
    private static final int MAXIMUM = 1 << 24;

    private QuarantineSetting() {}

    /**
     * The number of slots that are closed before a slot is bound again.
     *
     * @throws IllegalArgumentException if the value of the property is unknown
     */
    static int size() {
        String value = System.getProperty(PROPERTY, "");
        int size;
        try {
            size = value.isEmpty() ? DEFAULT : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw mistaken(value, e);
        }
        if (size < 0 || size > MAXIMUM) {
            throw mistaken(value, null);
        }
        return size;
    }

    private static IllegalArgumentException mistaken(String value, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "-D%s=%s is no number of slots; it has to be one from 0 to %s".formatted(PROPERTY, value, MAXIMUM),
                cause);
    }
}
