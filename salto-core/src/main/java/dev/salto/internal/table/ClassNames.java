// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of bound objects' classes, as numbers of 15 bits. Names keep no class from being
 * unloaded. For any thread.
 */
final class ClassNames {
    private static final int MOST = Short.MAX_VALUE;

    /** The name of class 0, which stands for all classes after the last number. */
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
