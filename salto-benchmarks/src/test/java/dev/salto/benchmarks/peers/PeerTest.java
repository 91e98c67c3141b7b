// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.salto.benchmarks.figures.Size;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The peers do what is measured of them. LWJGL with libffi needs a JVM of its own, and libffi is
 * built by {@code ./salto bench}, which tries each peer first; here libffi is the system's.
 */
final class PeerTest {
    private static Callbacks<?> callbacks(Peer peer, int capacity) {
        try {
            peer.prepare(_ -> {});
            return peer.callbacks(capacity);
        } catch (UnsupportedOperationException e) {
            return abort(e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"LWJGL_LIBFFI", "LIBFFI", "LIBFFI_STATIC"})
    void eachPlaceHasACallbackOfItsOwn(Peer peer) {
        Callbacks<?> callbacks = callbacks(peer, 10);
        callbacks.open(0, 10);

        for (int place = 0; place < 10; place++) {
            assertThat(Callers.callRepeatedly(callbacks.function(place), 1, 100)).isEqualTo(100 + place);
        }
        callbacks.close(0, 10);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"LWJGL_LIBFFI", "LIBFFI", "LIBFFI_STATIC"})
    void callbacksOfClassesOfTheirOwnAnswerTheSame(Peer peer) {
        Callbacks<?> callbacks = callbacks(peer, 3);
        callbacks.openWithClassesOfTheirOwn();

        for (int place = 0; place < 3; place++) {
            assertThat(Callers.callRepeatedly(callbacks.function(place), 1, 100)).isEqualTo(100 + place);
        }
        callbacks.close(0, 3);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = {"LWJGL_LIBFFI", "LIBFFI", "LIBFFI_STATIC"})
    void placesCanBeClosedInAnyOrderAndOpenedAgain(Peer peer) {
        Callbacks<?> callbacks = callbacks(peer, 3);
        callbacks.open(0, 3);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment order = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 0, 1);
            callbacks.close(order, 0, 2);
        }
        callbacks.open(2, 3);

        assertThat(Callers.callRepeatedly(callbacks.function(1), 1, 100)).isEqualTo(101);
        assertThat(Callers.callRepeatedly(callbacks.function(2), 1, 100)).isEqualTo(102);
        callbacks.close(1, 3);
    }

    @Test
    void libffiOpensClosesAndTimesInC() {
        LibffiCallbacks callbacks = systemLibffi(10);
        assertThat(callbacks.timeOpen(0, 10)).isPositive();
        for (int place = 0; place < 10; place++) {
            assertThat(Callers.callRepeatedly(callbacks.function(place), 1, 100)).isEqualTo(100 + place);
        }
        assertThat(callbacks.timeReplace(5)).isPositive();
        assertThat(callbacks.timeOpenAndClose(100)).isPositive();
        for (int place = 0; place < 10; place++) {
            assertThat(Callers.callRepeatedly(callbacks.function(place), 1, 100)).isEqualTo(100 + place);
        }
        callbacks.close(0, 10);
    }

    @Test
    void libffiKnowsAllShapes() {
        LibffiCallbacks callbacks = systemLibffi(1);

        for (Shape shape : Shape.values()) {
            assertThat(shape.answersRight(callbacks.open(shape))).as(shape.key()).isTrue();
        }
    }

    private static LibffiCallbacks systemLibffi(int capacity) {
        try {
            return new LibffiCallbacks(capacity, "libffi.so.8");
        } catch (UnsupportedOperationException e) {
            return abort(e.getMessage());
        }
    }

    @Test
    void saltoAndTheJdkKnowAllShapes() {
        for (Peer peer : new Peer[]{Peer.SALTO, Peer.JDK}) {
            for (Shape shape : Shape.values()) {
                assertThat(shape.answersRight(peer.callbacks(1).open(shape))).as("%s, %s", peer, shape.key()).isTrue();
            }
        }
    }

    @Test
    void javaCppKnowsAllShapesToo() {
        Callbacks<?> callbacks = callbacks(Peer.JAVACPP, 1);

        for (Shape shape : Shape.values()) {
            assertThat(shape.answersRight(callbacks.open(shape))).as(shape.key()).isTrue();
        }
    }

    @Test
    void javaCppHasEnoughFunctionsForTheSmallestPopulationAndThenSaysThatAllAreInUse() {
        int most = Size.K1.count();
        Callbacks<?> callbacks = callbacks(Peer.JAVACPP, most + 1);
        callbacks.open(0, most);
        try {
            assertThat(Callers.callRepeatedly(callbacks.function(most - 1), 1, 100)).isEqualTo(100 + most - 1);
            assertThatThrownBy(() -> callbacks.open(most, most + 1)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("all of the 1,000 functions that were compiled are in use");
        } finally {
            callbacks.close(0, most);
        }
    }

    @Test
    void withoutItsLibraryLibffiSaysWhoBuildsIt() {
        String before = System.clearProperty("dev.salto.benchmarks.libffi");
        try {
            for (Peer peer : new Peer[]{Peer.LIBFFI, Peer.LIBFFI_STATIC}) {
                assertThatThrownBy(() -> peer.callbacks(1)).isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("./salto bench does that");
            }
        } finally {
            if (before != null) {
                System.setProperty("dev.salto.benchmarks.libffi", before);
            }
        }
    }

    @Test
    void oneOfAnotherShapeThatAnswersWronglyIsFound() {
        Callbacks<?> callbacks = Peer.SALTO.callbacks(1);
        callbacks.open(0, 1);

        assertThat(Shape.EIGHT_INTS.answersRight(callbacks.function(0))).isFalse();
        callbacks.close(0, 1);
    }

    @Test
    void onlyConfinedArenasMindWhichThreadClosesThem() {
        assertThat(Peer.JDK.callbacks(1).areClosedByAnyThread()).isFalse();
        assertThat(Peer.JDK_SHARED.callbacks(1).areClosedByAnyThread()).isTrue();
        assertThat(Peer.SALTO.callbacks(1).areClosedByAnyThread()).isTrue();
    }
}
