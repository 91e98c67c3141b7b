// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Places for callbacks of one peer, {@code int (*)(int, int)}, and an array in native memory with
 * their function pointers. A callback adds its arguments and the number of its place, by an object
 * of its own.
 *
 * <p>For one thread at a time, and a place is closed only after it was opened. Where nothing else
 * is said, callbacks are opened and closed by the same thread.
 *
 * @param <T> the peer's own functional interface
 */
public abstract class Callbacks<T> {
    private final int capacity;
    private final MemorySegment functions;

    Callbacks(int capacity) {
        this.capacity = capacity;
        functions = Arena.global().allocate(ADDRESS, capacity);
    }

    /** Makes the object for a place. */
    abstract T target(int place);

    /** The class of such objects. It has a constructor that takes the place. */
    abstract Class<? extends T> targetClass();

    /** Opens a callback, and writes its function pointer into the array. */
    abstract void open(int place, T target);

    /** Closes a callback. */
    public abstract void close(int place);

    /**
     * Opens a callback of another type, for good; it adds all that it is given.
     *
     * @throws UnsupportedOperationException if the peer has no such callbacks
     */
    public abstract MemorySegment open(Shape shape);

    /** Whether closing only drops references, and the garbage collector does the rest. */
    public boolean areClosedByCollector() {
        return false;
    }

    /** Whether a thread may close what another has opened. */
    public boolean areClosedByAnyThread() {
        return true;
    }

    /** Whether threads may open callbacks at once. */
    public boolean areOpenedByThreadsAtOnce() {
        return true;
    }

    /**
     * Whether no more can be open than the smallest population has, so that none can stay open
     * besides.
     */
    public boolean areFew() {
        return false;
    }

    /** How many places there are. */
    public final int capacity() {
        return capacity;
    }

    /** The array of function pointers. */
    public final MemorySegment functions() {
        return functions;
    }

    /** The function pointer of an open callback. */
    public final MemorySegment function(int place) {
        return functions.getAtIndex(ADDRESS, place);
    }

    final void setFunction(int place, long address) {
        functions.setAtIndex(ADDRESS, place, MemorySegment.ofAddress(address));
    }

    final void setFunction(int place, MemorySegment function) {
        functions.setAtIndex(ADDRESS, place, function);
    }

    /** Opens the callbacks from one place to another. */
    public void open(int from, int to) {
        for (int place = from; place < to; place++) {
            open(place, target(place));
        }
    }

    /** Closes the callbacks from one place to another, in that order. */
    public void close(int from, int to) {
        for (int place = from; place < to; place++) {
            close(place);
        }
    }

    /**
     * Closes callbacks in another order.
     *
     * @param order an array of places, ints in native memory
     * @param from where to begin in it
     * @param to where to end
     */
    public void close(MemorySegment order, int from, int to) {
        for (int i = from; i < to; i++) {
            close(order.getAtIndex(JAVA_INT, i));
        }
    }

    /** Opens a callback and closes it again, so many times. */
    public void openAndClose(int times) {
        for (int i = 0; i < times; i++) {
            open(0, target(i));
            close(0);
        }
    }

    /**
     * Opens all callbacks, each of an object with a class of its own, so that no type profile knows
     * the next one. The classes are copies of one: hidden, so that the JVM takes them for
     * different.
     */
    public void openWithClassesOfTheirOwn() {
        for (int place = 0; place < capacity; place++) {
            open(place, targetOfCopiedClass(place));
        }
    }

    @SuppressWarnings("unchecked")
    private T targetOfCopiedClass(int place) {
        Class<? extends T> original = targetClass();
        try {
            byte[] content = Resources.read(Resources.classFile(original));
            MethodHandles.Lookup copy = MethodHandles.lookup().defineHiddenClass(content, true);
            return (T) copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class, int.class))
                    .invoke(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Throwable e) {
            throw new IllegalStateException(original.getName().concat(" cannot be copied: ").concat(e.toString()), e);
        }
    }
}
