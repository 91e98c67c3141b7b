// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A type with objects of many classes gets a better gate. Only the time of calls changes. */
final class MixedClassesTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final int CLASSES = 16;

    /** A gate that counts calls by class, and one that knows the classes that were called most. */
    private static final int MORE_GATES = 2;

    /** Interfaces of their own, so that no other test shares the gates. */
    interface Hot extends IntBinaryOperator {}

    interface Few extends IntBinaryOperator {}

    /** Targets of 16 classes, of which each adds another number. */
    private static List<Hot> targets() {
        return List.of((a, _) -> a + 1, (a, _) -> a + 2, (a, _) -> a + 3, (a, _) -> a + 4, (a, _) -> a + 5,
                (a, _) -> a + 6, (a, _) -> a + 7, (a, _) -> a + 8, (a, _) -> a + 9, (a, _) -> a + 10, (a, _) -> a + 11,
                (a, _) -> a + 12, (a, _) -> a + 13, (a, _) -> a + 14, (a, _) -> a + 15, (a, _) -> a + 16);
    }

    private static <T> ClosureType<T> type(Class<T> functionalInterface) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface, BINARY);
    }

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    @Test
    @Tag("host") // an interpreting JVM under emulation takes minutes for so many calls
    void aTypeGetsBetterGatesWhileNativeThreadsCall() throws Throwable {
        ClosureType<Hot> type = type(Hot.class);
        List<Hot> targets = targets();
        List<Closure<Hot>> closures = new ArrayList<>();
        long before = Gates.made();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment functions = arena.allocate(ADDRESS, CLASSES);
            for (int i = 0; i < CLASSES; i++) {
                closures.add(type.bind(targets.get(i)));
                functions.setAtIndex(ADDRESS, i, closures.get(i).address());
            }
            int sum = 100 * CLASSES * (CLASSES + 1) / 2;
            NativeThread caller = NativeThread.start(functions, CLASSES, 200_000 * CLASSES, 0);

            Gates.callUntilThereAre(before + MORE_GATES,
                    () -> assertThat(Callers.callInTurn(functions, CLASSES, 100 * CLASSES, 0)).isEqualTo(sum));

            assertThat(caller.join()).isEqualTo(200_000 * CLASSES * (CLASSES + 1) / 2);
            assertThat(Callers.callInTurn(functions, CLASSES, 100 * CLASSES, 0)).isEqualTo(sum);

            // Whatever is bound from now on, in new slots, slots that were used before, and slots
            // that change their class.
            Closure<Hot> one = closures.getFirst();
            one.rebind(targets.get(4));
            assertThat(call(one.address(), 10)).isEqualTo(15);
            one.rebind((a, _) -> a - 1);
            assertThat(call(one.address(), 10)).isEqualTo(9);
            List<Closure<Hot>> more = new ArrayList<>();
            for (int i = 0; i < 2 * TrampolineTable.capacity(); i++) {
                more.add(type.bind(targets.get(i % CLASSES)));
                assertThat(call(more.get(i).address(), i)).isEqualTo(i + 1 + i % CLASSES);
                if (i % 3 == 0) {
                    more.get(i).close();
                }
            }
            more.forEach(Closure::close);
        }
        closures.forEach(Closure::close);
    }

    @Test
    @Tag("host")
    void twoClassesShareTheirGate() {
        ClosureType<Few> type = type(Few.class);
        long before = Gates.made();
        try (Closure<Few> first = type.bind((a, _) -> a + 1); Closure<Few> second = type.bind((a, _) -> a + 2)) {
            for (int i = 0; i < 20; i++) {
                assertThat(Callers.callRepeatedly(first.address(), 1000, 0)).isEqualTo(1000);
                assertThat(Callers.callRepeatedly(second.address(), 1000, 0)).isEqualTo(2000);
            }
        }
        assertThat(Gates.made()).isEqualTo(before);
    }
}
