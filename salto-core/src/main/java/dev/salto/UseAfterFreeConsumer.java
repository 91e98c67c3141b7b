// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.StaleCall;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes calls of closed closures to a policy. Two consumers for the same policy are equal. */
@SuppressWarnings("ReferenceEquality") // a policy is the user's, and may have an equals of its own
final class UseAfterFreeConsumer implements Consumer<StaleCall> {
    private static final String PROPERTY = "dev.salto.use-after-free";

    private final UseAfterFreePolicy policy;

    UseAfterFreeConsumer(UseAfterFreePolicy policy) {
        this.policy = policy;
    }

    /**
     * The policy that the system property names.
     *
     * @return null if it names none
     * @throws IllegalArgumentException if its value is unknown
     */
    static @Nullable UseAfterFreePolicy ofProperty() {
        String value = System.getProperty(PROPERTY, "");
        return switch (value) {
            case "" -> null;
            case "log" -> UseAfterFreePolicy.LOG;
            case "throw" -> UseAfterFreePolicy.THROW;
            case "end-process" -> UseAfterFreePolicy.END_PROCESS;
            default -> throw new IllegalArgumentException(
                    "-D%s=%s is no policy; use log, throw or end-process".formatted(PROPERTY, value));
        };
    }

    /** Whether the policy is one of Salto's own. */
    boolean isBuiltIn() {
        return policy == UseAfterFreePolicy.LOG || policy == UseAfterFreePolicy.THROW
                || policy == UseAfterFreePolicy.END_PROCESS;
    }

    @Override
    public void accept(StaleCall call) {
        policy.used(new UseAfterFree(call));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UseAfterFreeConsumer that && policy == that.policy;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(policy);
    }
}
