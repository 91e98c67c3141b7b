// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.text.callers.Libffi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Closures of libffi, by loops in C. What they call is one C function, which adds the place that it is given as user data. */
final class LibffiCallbacks extends Callbacks<Object> {
    private final Libffi library;
    private final MemorySegment closures;

    private LibffiCallbacks(int capacity, Libffi library) {
        super(capacity);
        this.library = library;
        closures = Arena.global().allocate(ADDRESS, capacity);
    }

    /**
     * Closures of the system's library.
     *
     * @throws UnsupportedOperationException if there is none
     */
    static LibffiCallbacks ofSystem(int capacity) {
        return new LibffiCallbacks(capacity, Libffi.load());
    }

    /**
     * Closures of the newest one, whose trampolines are static. It was built before.
     *
     * @throws UnsupportedOperationException if it was not
     */
    static LibffiCallbacks withStaticTrampolines(int capacity) {
        return new LibffiCallbacks(capacity, Libffi.load(LibffiLibrary.file()));
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
