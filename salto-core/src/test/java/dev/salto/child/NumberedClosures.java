// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Salto;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Closures with numbers of their own, and C code that calls them. {@code bsearch} in an array of
 * one element calls its comparator once, and shows whether it returned zero.
 */
final class NumberedClosures {
    private static final FunctionDescriptor COMPARATOR = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

    /** No memory is read there: the pointer is only handed from C to Java and compared. */
    private static final MemorySegment ELEMENT = MemorySegment.ofAddress(0x1234_5678_9abcL);

    /** One or two of each type, and the one that retired tables look like. */
    private static final int TABLES_LEFT = 3;

    private static final int MILLISECONDS_TO_REACT = 20;

    private final List<Closure<?>> closures = new ArrayList<>();
    private long answers;

    /** Binds closures, and calls each. */
    void bind(int count) {
        // Salto first, so that it meets whatever situation this is before the C library is asked.
        ClosureType<Comparator<MemorySegment>> type = ClosureType.of(Comparator.class, COMPARATOR);
        for (int i = 0; i < count; i++) {
            bindNext(type);
        }
    }

    /** Binds closures, and calls each, until an exception ends it. */
    void bindUntilRefused() {
        ClosureType<Comparator<MemorySegment>> type = ClosureType.of(Comparator.class, COMPARATOR);
        while (true) {
            bindNext(type);
        }
    }

    private void bindNext(ClosureType<Comparator<MemorySegment>> type) {
        int number = closures.size();
        closures.add(type.bind((key, element) -> answer(number, key, element)));
        call(number);
    }

    /** Calls all closures, and returns how many there are. */
    int callAll() {
        for (int i = 0; i < closures.size(); i++) {
            call(i);
        }
        return closures.size();
    }

    /**
     * Closes all closures, and waits until the memory of their tables has gone back to the system,
     * as far as it does.
     */
    void closeAll() throws InterruptedException {
        closures.forEach(Closure::close);
        closures.clear();
        while (Salto.statistics().tables() > TABLES_LEFT) {
            System.gc();
            Thread.sleep(MILLISECONDS_TO_REACT);
        }
    }

    private void call(int number) {
        long before = answers;
        if (Search.bsearch(keyOf(number), closures.get(number).address()) != ELEMENT.address()
                || answers != before + 1) {
            throw new AssertionError("closure %d of %d did not answer".formatted(number, closures.size()));
        }
    }

    private int answer(int number, MemorySegment key, MemorySegment element) {
        answers++;
        return key.equals(keyOf(number)) && element.equals(ELEMENT) ? 0 : 1;
    }

    private static MemorySegment keyOf(int number) {
        return MemorySegment.ofAddress(number + 1L);
    }

    /** A class of its own, so that it is initialised when the first closure is called. */
    private static final class Search {
        private static final MethodHandle BSEARCH = SystemCall.ofTheCLibrary("bsearch",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

        static long bsearch(MemorySegment key, MemorySegment comparator) {
            try {
                return (long) BSEARCH.invokeExact(key, ELEMENT, 1L, 1L, comparator);
            } catch (Throwable e) {
                throw new AssertionError("a downcall threw", e);
            }
        }
    }
}
