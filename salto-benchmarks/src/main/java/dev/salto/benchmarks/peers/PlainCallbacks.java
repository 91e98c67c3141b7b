// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.util.function.IntBinaryOperator;

/** Callbacks to {@link PlainSum}s, of the peers that need no interface of their own. */
abstract class PlainCallbacks extends Callbacks<IntBinaryOperator> {
    PlainCallbacks(int capacity) {
        super(capacity);
    }

    @Override
    final IntBinaryOperator target(int place) {
        return new PlainSum(place);
    }

    @Override
    final Class<PlainSum> targetClass() {
        return PlainSum.class;
    }
}
