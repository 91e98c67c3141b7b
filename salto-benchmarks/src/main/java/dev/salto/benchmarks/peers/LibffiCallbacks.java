// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.text.callers.Libffi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Closures of a libffi, by loops in C. All call one C function, which adds its user data. */
public final class LibffiCallbacks extends Callbacks<Object> {
    private final Libffi library;
    private final MemorySegment closures;

    /**
     * Room for closures of a library.
     *
     * @throws UnsupportedOperationException if the library is not there
     */
    LibffiCallbacks(int capacity, String library) {
        super(capacity);
        this.library = Libffi.load(library);
        closures = Arena.global().allocate(ADDRESS, capacity);
    }

    /**
     * Room for closures of a library that was built before.
     *
     * @throws UnsupportedOperationException if it was not
     */
    LibffiCallbacks(int capacity, LibffiLibrary library) {
        this(capacity, library.file().toString());
    }

    /** Opens the callbacks from one place to another, and returns the nanoseconds it took in C. */
    public long timeOpen(int from, int to) {
        return library.timeOpen(closures, functions(), from, to);
    }

    /**
     * Closes all callbacks and opens new ones in their places, a batch at a time.
     *
     * @param batch how many are closed before as many are opened
     * @return how many nanoseconds it took in C to open them
     */
    public long timeReplace(int batch) {
        return library.timeReplace(closures, functions(), capacity(), batch);
    }

    /** Opens a callback and closes it, so many times. Returns the nanoseconds it took in C. */
    public long timeOpenAndClose(int times) {
        return library.timeOpenAndClose(times);
    }

    /** No object takes part. */
    @Override
    Object target(int place) {
        return this;
    }

    @Override
    Class<?> targetClass() {
        return Object.class;
    }

    @Override
    void open(int place, Object target) {
        open(place, place + 1);
    }

    @Override
    public void close(int place) {
        close(place, place + 1);
    }

    @Override
    public void open(int from, int to) {
        library.open(closures, functions(), from, to);
    }

    @Override
    public void close(int from, int to) {
        library.close(closures, from, to);
    }

    @Override
    public void close(MemorySegment order, int from, int to) {
        library.closePlaces(closures, order, from, to);
    }

    @Override
    public void openAndClose(int times) {
        library.openAndClose(times);
    }

    @Override
    public void openWithClassesOfTheirOwn() {
        open(0, capacity());
    }

    @Override
    public MemorySegment open(Shape shape) {
        return library.openShape(switch (shape) {
            case EIGHT_INTS -> 0;
            case EIGHT_DOUBLES -> 1;
            case MIXED -> 2;
        });
    }
}
