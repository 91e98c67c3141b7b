// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

/**
 * The system property that says whether gates may be made: upcall stubs, which are code and classes
 * that the JVM makes at run time.
 */
public final class GateSetting {
    /** Its name. */
    public static final String PROPERTY = "dev.salto.gates";

    private static final String EARLY = "early";

    private GateSetting() {}

    /**
     * Whether gates may be made.
     *
     * @throws IllegalArgumentException if the property has a value that means nothing
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
     * Refuses to make one if none may be.
     *
     * @throws UnsupportedOperationException if none may be
     */
    static void requireMade() {
        if (!areMade()) {
            throw new UnsupportedOperationException(
                    "this needs a gate, and -D%s=none says that none are made in this process; use a CallInterface, whose closures are data-driven"
                            .formatted(PROPERTY));
        }
    }
}
