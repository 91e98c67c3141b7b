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
}
