// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The last few classes of bound objects, with the numbers of their names. It keeps no class from
 * being unloaded. For one thread at a time.
 */
final class RecentClasses {
    /** A power of two. */
    private static final int SIZE = 16;

    private static final Known NONE = new Known(null, 0);

    private final @Nullable Known[] known = new @Nullable Known[SIZE];
    private final SeenClasses seen;
    private Known last = NONE;

    private static final class Known extends WeakReference<Class<?>> {
        private final int number;

        Known(@Nullable Class<?> type, int number) {
            super(type);
            this.number = number;
        }
    }

    /**
     * Makes an empty list.
     *
     * @param seen told the number of each class, at least when it is seen for the first time
     */
    RecentClasses(SeenClasses seen) {
        this.seen = seen;
    }

    /** Whether a class is the last one. */
    boolean isLast(Class<?> type) {
        return last.refersTo(type);
    }

    /** Makes no class the last one. */
    void forgetLast() {
        last = NONE;
    }

    /** The number of the last class. */
    int numberOfLast() {
        return last.number;
    }

    /** Makes a class the last one. */
    void setLast(Class<?> type) {
        String name = type.getName();
        int place = name.hashCode() & (SIZE - 1);
        Known found = known[place];
        if (found == null || !found.refersTo(type)) {
            int number = ClassNames.number(name);
            seen.add(number);
            found = new Known(type, number);
            known[place] = found;
        }
        last = found;
    }
}
