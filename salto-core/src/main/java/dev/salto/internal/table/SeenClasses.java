// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes of one kind's bound objects, until there are enough for its listener. */
final class SeenClasses {
    /** From this number of classes on, one type profile for all is slower than one for each. */
    private static final int MIXED = 3;

    private final Set<Integer> seen = new HashSet<>(0);
    private volatile @Nullable ClassListener listener;

    void setListener(ClassListener newListener) {
        listener = newListener;
    }

    /** Notes that an object of a class was bound. */
    void add(int classNumber) {
        ClassListener own = listener;
        if (own != null && isThird(classNumber)) {
            own.areMixed();
        }
    }

    private synchronized boolean isThird(int classNumber) {
        return seen.size() < MIXED && seen.add(classNumber) && seen.size() == MIXED;
    }
}
