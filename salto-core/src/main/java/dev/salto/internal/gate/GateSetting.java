// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

/**
 * The system property that allows or forbids gates: upcall stubs, for which the JVM makes code and
 * classes at run time.
 */
public final class GateSetting {
    public static final String PROPERTY = "dev.salto.gates";

    private static final String EARLY = "early";

    private GateSetting() {}

    /**
     * Whether gates may be made.
     *
     * @throws IllegalArgumentException if the value of the property is unknown
     */
    public static boolean areMade() {
        String value = System.getProperty(PROPERTY, "");
        if (!value.isEmpty() && !value.equals("made") && !value.equals(EARLY) && !value.equals("none")) {
            throw new IllegalArgumentException(
                    "-D%s=%s is neither \"made\", the default, nor \"early\", nor \"none\"".formatted(PROPERTY, value));
        }
        return !value.equals("none");
    }

    /** Whether every type that can have a gate has it with its first closure. */
    static boolean areEarly() {
        return System.getProperty(PROPERTY, "").equals(EARLY);
    }

    /**
     * Refuses to make a gate if the property forbids it.
     *
     * @throws UnsupportedOperationException if the property forbids it
     */
    static void requireMade() {
        if (!areMade()) {
            throw new UnsupportedOperationException(
                    "this needs a gate, and -D%s=none says that none are made in this process; use a CallInterface, whose closures are data-driven"
                            .formatted(PROPERTY));
        }
    }
}
