// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A requirement of a figure.
 *
 * @param title what it is about
 * @param figure Salto's figure
 * @param peer the key by which Salto's value is found
 * @param otherFigure the figure that it is compared with; Salto's own if there is none to compare
 *     with
 * @param otherPeer the peer that it is compared with
 * @param kind how the two make one number
 * @param bound the most or least that it may be
 */
public record Requirement(String title, Figure figure, String peer, Figure otherFigure, String otherPeer, Kind kind,
        double bound) {
    private static final String SALTO = "salto";
    private static final String JDK = "jdk";
    private static final String JNR_FFI = "jnr-ffi";
    private static final String LWJGL_LIBFFI = "lwjgl-libffi";
    private static final String LIBFFI = "libffi";
    private static final String LIBFFI_STATIC = "libffi-static";

    /** How two values make one number, and whether that should be small or large. */
    public enum Kind {
        /** The other by Salto's: how many times faster Salto is. */
        TIMES_FASTER,
        /** Salto's by the other: how many times as long it takes. */
        TIMES_AS_LONG,
        /** Salto's value as it is, which should not be large. */
        AT_MOST,
        /** Salto's value as it is, which should not be small. */
        AT_LEAST;

        /** Whether two values are compared. */
        public boolean isRatio() {
            return this == TIMES_FASTER || this == TIMES_AS_LONG;
        }

        private boolean isLowerBound() {
            return this == TIMES_FASTER || this == AT_LEAST;
        }
    }

    /** Everything that is asked. */
    public static final List<Requirement> ALL = List.of(
            faster(Figure.createLive(Size.K100), JDK, 150),
            new Requirement(Figure.createLive(Size.K100).title() + ", no object each", Figure.createLive(Size.K100),
                    "salto-address", Figure.createLive(Size.K100), JDK, Kind.TIMES_FASTER, 200),
            faster(Figure.createFresh(Size.K100), JNR_FFI, 5),
            faster(Figure.createLive(Size.K100), JNR_FFI, 5),
            faster(Figure.createFresh(Size.K100), LWJGL_LIBFFI, 10),
            faster(Figure.createLive(Size.K100), LWJGL_LIBFFI, 10),
            new Requirement(Figure.BIND_ADDRESS_BY_TURNS.title(), Figure.BIND_ADDRESS_BY_TURNS, "salto-address",
                    Figure.BIND_ADDRESS_BY_TURNS, LIBFFI, Kind.TIMES_AS_LONG, 0.9),
            atMost(Figure.closeInOrder(Size.K100), 20),
            atMost(Figure.closeRandom(Size.K100), 40),
            new Requirement("close, random order against in order", Figure.closeRandom(Size.K100), SALTO,
                    Figure.closeInOrder(Size.K100), SALTO, Kind.TIMES_AS_LONG, 2),
            faster(Figure.createFresh(Size.K100), LIBFFI_STATIC, 3),
            faster(Figure.createNewType(Size.K100), LIBFFI, 4),
            faster(Figure.createFresh(Size.M1), LIBFFI_STATIC, 8),
            faster(Figure.createNewType(Size.M1), LIBFFI, 4),
            asLong(Figure.CREATE_CLOSE_LOOP, LIBFFI_STATIC, 1.5),
            asLong(Figure.CREATE_CLOSE_BY_TURNS, LIBFFI, 0.9),
            atMost(Figure.CALL_ONE_TO_JDK, 1.04),
            atMost(Figure.CALL_16_TO_JDK, 1.05),
            atMost(Figure.CALL_ONE_TO_LWJGL, 1.05),
            faster(Figure.CALL_ONE, "jna", 15),
            faster(Figure.CALL_ONE, JNR_FFI, 3),
            faster(Figure.CALL_ONE, LWJGL_LIBFFI, 2.5),
            faster(Figure.CALL_ONE, "javacpp", 2),
            atMost(Figure.GROWTH, 1.3),
            atMost(Figure.nativeBytes(Size.M10), 3),
            atMost(Figure.mappings(Size.M10), 6_000),
            atMost(Figure.writableExecutable(Size.M10), 0),
            atLeast(Figure.TWO_THREADS_CREATE, 1.7),
            atLeast(Figure.TWO_THREADS_CREATE_CLOSE, 1.7),
            atLeast(Figure.TWO_THREADS_CLOSE_OTHERS, 1.7),
            asLong(Figure.TRAMPOLINE, "direct", 1.25),
            faster(Figure.NEW_TYPE, JDK, 50),
            atMost(Figure.CALL_DATA_DRIVEN_TO_JDK, 2.5),
            atMost(Figure.CALL_DATA_DRIVEN_BYTES, 0),
            atMost(Figure.RECORDED_TO_JDK, 0.35),
            atLeast(Figure.RECORDED_RATE_TO_JDK, 1.5),
            atMost(Figure.RECORDED_BYTES, 0),
            asLong(Figure.TYPES_RESIDENT, JDK, 1.15),
            asLong(Figure.TYPES_CPU_TIME, JDK, 1.15),
            asLong(Figure.FIRST_CALLBACK, JDK, 1.20),
            asLong(Figure.SECOND_SIGNATURE, JDK, 1.10));

    private static Requirement faster(Figure figure, String peer, double bound) {
        return new Requirement(figure.title(), figure, SALTO, figure, peer, Kind.TIMES_FASTER, bound);
    }

    private static Requirement asLong(Figure figure, String peer, double bound) {
        return new Requirement(figure.title(), figure, SALTO, figure, peer, Kind.TIMES_AS_LONG, bound);
    }

    private static Requirement atMost(Figure figure, double bound) {
        return new Requirement(figure.title(), figure, SALTO, figure, SALTO, Kind.AT_MOST, bound);
    }

    private static Requirement atLeast(Figure figure, double bound) {
        return new Requirement(figure.title(), figure, SALTO, figure, SALTO, Kind.AT_LEAST, bound);
    }

    /** The number that has to keep the bound; empty if something was not measured. */
    public OptionalDouble value(Results results) {
        OptionalDouble own = results.median(figure, peer);
        OptionalDouble other = results.median(otherFigure, otherPeer);
        if (own.isEmpty() || other.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(switch (kind) {
            case TIMES_FASTER -> other.getAsDouble() / own.getAsDouble();
            case TIMES_AS_LONG -> own.getAsDouble() / other.getAsDouble();
            case AT_MOST, AT_LEAST -> own.getAsDouble();
        });
    }

    /** Whether a number keeps the bound. */
    public boolean isMetBy(double value) {
        return kind.isLowerBound() ? value >= bound : value <= bound;
    }

    /** The bound in words. */
    public String limit() {
        return (kind.isLowerBound() ? "at least " : "at most ") + Numbers.of(bound);
    }
}
