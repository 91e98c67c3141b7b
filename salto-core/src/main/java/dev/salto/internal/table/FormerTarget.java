// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a closure was bound to that is closed now.
 *
 * @param className the name of the object's class
 * @param closedAt where it was closed, innermost first; empty if that was not recorded
 */
record FormerTarget(String className, List<StackTraceElement> closedAt) {
    private static final String OWN = "dev.salto.internal.";

    static FormerTarget named(@Nullable String className) {
        return new FormerTarget(Objects.requireNonNullElse(className, "class that is not known"), List.of());
    }

    /** A record of where the current thread is, from the public method on that closed the closure. It holds the names of classes only, so that they can be unloaded. */
    static FormerTarget closedHere(String className) {
        return new FormerTarget(className, Arrays.stream(new Throwable().getStackTrace())
                .dropWhile(frame -> frame.getClassName().startsWith(OWN))
                .toList());
    }
}
