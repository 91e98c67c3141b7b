// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.util.function.IntBinaryOperator;

/**
 * Salto's function pointers without an object each: the array of addresses is all there is to hold.
 */
final class SaltoAddressCallbacks extends SaltoCallbacks {
    SaltoAddressCallbacks(int capacity) {
        super(capacity, 0);
    }

    @Override
    void open(int place, IntBinaryOperator target) {
        setFunction(place, BINARY.bindAddress(target));
    }

    @Override
    public void close(int place) {
        BINARY.closeAddress(function(place).address());
    }

    @Override
    public void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            long address = BINARY.bindAddress(target(i));
            setFunction(0, address);
            BINARY.closeAddress(address);
        }
    }
}
