// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Ports;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The replacement for closures if static trampolines do not work. Salto never makes memory that is
 * writable and executable.
 *
 * <p>Types choose by {@link ClosureOption#fallback}. The property {@value #PROPERTY} decides for
 * types without a choice, by the name that {@link #toString} gives. If nobody chooses, closures are
 * upcall stubs where Salto has no port, on Windows or macOS for instance. Where it has one, there
 * is no fallback. A policy or a missing file never changes the mechanism.
 */
public enum Fallback {
    /**
     * None: types are refused with a {@link TrampolinesUnsupportedException} that lists the failed
     * attempts. This is the default where Salto has a port.
     */
    NONE,

    /**
     * Upcall stubs of the JDK, one each: code that the JVM makes at run time in its own code cache.
     * They behave like closures, but cost as much as stubs. Raw trampolines, native bindings and
     * further features of data-driven closures stay unsupported.
     *
     * <p>This is the default where Salto has no port. It is logged once: as information there, and
     * as a warning where Salto has a port.
     */
    UPCALL_STUBS;

    /** The system property. */
    public static final String PROPERTY = "dev.salto.fallback";

    private static volatile @Nullable Fallback override;

    /** Overrides the choice of types; null if they may choose again. */
    static void override(@Nullable Fallback fallback) {
        override = fallback;
    }

    /**
     * Returns the fallback of a type.
     *
     * @param chosen by the type; null if it has not chosen
     * @throws IllegalArgumentException if the property decides, and its value is unknown
     */
    static Fallback of(@Nullable Fallback chosen) {
        Fallback first = override;
        return first != null ? first : chosen != null ? chosen : ofProperty();
    }

    private static Fallback ofProperty() {
        String value = System.getProperty(PROPERTY, "").strip();
        if (value.isEmpty()) {
            return Ports.thisJvm().isPresent() ? NONE : UPCALL_STUBS;
        }
        for (Fallback fallback : values()) {
            if (fallback.toString().equals(value)) {
                return fallback;
            }
        }
        throw new IllegalArgumentException(
                "-D%s=%s is no fallback; use %s or %s".formatted(PROPERTY, value, NONE, UPCALL_STUBS));
    }

    /** The name as it is written in the system property: {@code none}, {@code upcall-stubs}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
