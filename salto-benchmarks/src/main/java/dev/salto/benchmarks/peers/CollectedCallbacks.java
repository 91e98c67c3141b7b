// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import org.jspecify.annotations.Nullable;

/**
 * Callbacks that live as long as their objects are reachable: closing one drops the object.
 *
 * @param <T> the peer's own functional interface
 */
abstract class CollectedCallbacks<T> extends Callbacks<T> {
    private final @Nullable Object[] targets;

    CollectedCallbacks(int capacity) {
        super(capacity);
        targets = new @Nullable Object[capacity];
    }

    /** The function pointer of an object. */
    abstract long pointer(T target);

    @Override
    final void open(int place, T target) {
        targets[place] = target;
        setFunction(place, pointer(target));
    }

    @Override
    public final void close(int place) {
        targets[place] = null;
    }

    @Override
    public final boolean areClosedByCollector() {
        return true;
    }
}
