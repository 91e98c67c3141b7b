// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What closures are where static trampolines do not work. In no case does Salto make memory that is
 * writable and executable.
 *
 * <p>Types choose by {@link ClosureOption#fallback}. The property {@value #PROPERTY} decides for
 * those that do not, by the name that {@link #toString} gives.
 */
public enum Fallback {
    /**
     * Nothing: types are refused with a {@link TrampolinesUnsupportedException} that lists what was
     * tried. This is the default.
     */
    NONE,

    /**
     * Upcall stubs of the JDK, one each: code that the JVM makes at run time in its own code cache.
     * They behave like closures, but cost what stubs cost. The first time, a warning is logged. Raw
     * trampolines and native bindings stay unsupported.
     */
    UPCALL_STUBS;

    /** The system property. */
    public static final String PROPERTY = "dev.salto.fallback";

    private static volatile @Nullable Fallback override;

    /** Overrides what types choose; null if they may choose again. */
    static void override(@Nullable Fallback fallback) {
        override = fallback;
    }

    /**
     * What applies to a type.
     *
     * @param chosen by the type; null if it has not chosen
     * @throws IllegalArgumentException if the property decides, and has a value that means nothing
     */
    static Fallback of(@Nullable Fallback chosen) {
        Fallback first = override;
        return first != null ? first : chosen != null ? chosen : ofProperty();
    }

    private static Fallback ofProperty() {
        String value = System.getProperty(PROPERTY, "").strip();
        if (value.isEmpty()) {
            return NONE;
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
