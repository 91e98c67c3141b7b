// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of classes that closures were bound to objects of, as numbers of 15 bits. Names, and
 * not classes, so that those can be unloaded. For any thread.
 */
final class ClassNames {
    private static final int MOST = Short.MAX_VALUE;

    /** The name of class 0, which is all those for which there is no number left. */
    private static final String UNKNOWN = "class that is not known";

    private static final Map<String, Integer> NUMBERS = new HashMap<>();
    private static final List<String> NAMES = new ArrayList<>(List.of(UNKNOWN));

    private ClassNames() {}

    static synchronized int number(String name) {
        Integer known = NUMBERS.get(name);
        if (known != null) {
            return known;
        }
        int number = NAMES.size();
        if (number > MOST) {
            return 0;
        }
        NUMBERS.put(name, number);
        NAMES.add(name);
        return number;
    }

    static synchronized String name(int number) {
        return NAMES.get(number);
    }

    /** The last few names and their numbers, for one thread at a time. */
    static final class Recent {
        private static final int SIZE = 16;

        private final @Nullable String[] names = new @Nullable String[SIZE];
        private final short[] numbers = new short[SIZE];
        private final SeenClasses seen;
        private @Nullable String lastName;
        private int lastNumber;

        /**
         * None so far.
         *
         * @param seen told the number of each class, at least when it is seen for the first time
         */
        Recent(SeenClasses seen) {
            this.seen = seen;
        }

        /** The number of an object's class. */
        int numberOfClass(Object object) {
            String name = object.getClass().getName();
            return name.equals(lastName) ? lastNumber : look(name);
        }

        private int look(String name) {
            int place = name.hashCode() & (SIZE - 1);
            int number = name.equals(names[place]) ? numbers[place] : number(name);
            if (!name.equals(names[place])) {
                seen.add(number);
            }
            names[place] = name;
            numbers[place] = (short) number;
            lastName = name;
            lastNumber = number;
            return number;
        }
    }
}
