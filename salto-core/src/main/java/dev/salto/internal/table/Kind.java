// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.CSignature;
import dev.salto.internal.failure.ClosureSettings;
import java.lang.foreign.FunctionDescriptor;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The common part of one type's closures. Tables hold it, so it outlives the type. It holds a
 * user's classes only while closures are open.
 */
public final class Kind {
    private final String objects;
    private final FunctionDescriptor function;
    private final @Nullable Object plan;
    private final ExitAnswer exitAnswer;

    /** Null if {@link #own} has them. */
    private final @Nullable ClosureSettings shared;

    /** The user's settings, which may hold the user's classes: the type holds them. */
    private final @Nullable WeakReference<ClosureSettings> own;

    private volatile @Nullable Object rules;

    /**
     * A kind without rules.
     *
     * @param objects the name of the class of objects that its closures are bound to
     * @param function the type in C
     * @param plan the places of arguments and result for the universal gate; null if there is a
     *     gate
     * @param settings the choices of the type
     * @param exitAnswer the answer to calls after the JVM has ended
     */
    public Kind(String objects, FunctionDescriptor function, @Nullable Object plan, ClosureSettings settings,
            ExitAnswer exitAnswer) {
        this.objects = objects;
        this.function = function;
        this.plan = plan;
        this.exitAnswer = exitAnswer;
        boolean isShared = settings.isShared();
        this.shared = isShared ? settings : null;
        this.own = isShared ? null : new WeakReference<>(settings);
    }

    /** The settings for failures; the default if the type was collected. */
    public ClosureSettings settings() {
        ClosureSettings settings = own == null ? shared : own.get();
        return settings == null ? ClosureSettings.DEFAULT : settings;
    }

    /** The type in C. */
    public FunctionDescriptor function() {
        return function;
    }

    /** The places of arguments and result, for the layer above; null if there is a gate. */
    public @Nullable Object plan() {
        return plan;
    }

    /** The answer to calls after the JVM has ended. */
    ExitAnswer exitAnswer() {
        return exitAnswer;
    }

    /**
     * Returns how calls are answered, for the layers above: the handling of exceptions, or of whole
     * calls.
     *
     * @return null if no closure is open
     */
    public @Nullable Object rules() {
        return rules;
    }

    void setRules(@Nullable Object rules) {
        this.rules = rules;
    }

    /** The type of its closures, for people. */
    public String describe() {
        try {
            return objects + ", " + CSignature.of(function);
        } catch (RuntimeException | Error e) {
            // The text of a layout needs data of the locale, which a process in another root folder
            // cannot find.
            return objects;
        }
    }
}
