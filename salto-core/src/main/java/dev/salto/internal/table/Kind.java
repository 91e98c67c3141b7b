// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.FunctionDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What the closures of one type have in common. Tables hold it, so it outlives the type and holds
 * no class of a user's unless closures are open.
 */
public final class Kind {
    private final String objects;
    private final FunctionDescriptor function;
    private final @Nullable Object plan;
    private volatile @Nullable Object rules;

    /**
     * A kind without rules.
     *
     * @param objects the name of the class of objects that its closures are bound to
     * @param function the type in C
     * @param plan where a caller that the universal gate answers passes arguments and expects the
     *     result; null if there is a gate
     */
    public Kind(String objects, FunctionDescriptor function, @Nullable Object plan) {
        this.objects = objects;
        this.function = function;
        this.plan = plan;
    }

    /** The type in C. */
    public FunctionDescriptor function() {
        return function;
    }

    /**
     * Where a caller passes arguments, which only the layer above understands; null if there is a
     * gate.
     */
    public @Nullable Object plan() {
        return plan;
    }

    /**
     * Says how calls of its closures are answered, which only the layers above understand: their
     * exceptions, or all of it.
     *
     * @return null if no closure is open
     */
    public @Nullable Object rules() {
        return rules;
    }

    void setRules(@Nullable Object rules) {
        this.rules = rules;
    }

    /** What its closures are, for people. */
    public String describe() {
        try {
            return objects + ", " + function;
        } catch (RuntimeException | Error e) {
            // The text of a layout takes data of the locale, which a process does not find any more
            // that is in another root folder.
            return objects;
        }
    }
}
