// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.ClosureType;
import java.util.function.IntBinaryOperator;

/** Leaves closures open. */
public final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class);
        for (int i = 0; i < 3; i++) {
            type.bind((a, b) -> a).labelled("forgotten");
        }
    }
}
