// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What happens where static trampolines do not work. Under no policy does Salto make memory that is writable and executable.
 *
 * <p>The property {@value #PROPERTY} says which one applies, by the name that {@link #toString} gives, until
 * {@link Salto#setPolicy} says another.
 */
public enum Policy {
    /** Closures are refused with a {@link TrampolinesUnsupportedException} that lists what was tried. This is the default. */
    STATIC,

    /**
     * Closures of types that are made from now on are upcall stubs of the JDK, one each: code that the JVM makes at run time in its own code cache. They behave like
     * closures, but cost what stubs cost. The first time, a warning is logged. Raw trampolines and native bindings stay unsupported.
     */
    DYNAMIC_ALLOWED;

    /** The system property. */
    public static final String PROPERTY = "dev.salto.policy";

    static Policy ofProperty() {
        String value = System.getProperty(PROPERTY, "").strip();
        return value.isEmpty()
                ? STATIC
                : Arrays.stream(values())
                        .filter(policy -> policy.toString().equals(value))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("-D%s=%s is no policy; the policies are %s"
                                .formatted(PROPERTY, value, Arrays.stream(values())
                                        .map(Policy::toString)
                                        .collect(Collectors.joining(", ")))));
    }

    /** The name as it is written in the system property: {@code static}, {@code dynamic-allowed}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
