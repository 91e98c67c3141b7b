// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Data;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.FromData;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple.Tuple1;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tag;

/**
 * C's numbers without a Java type. Tests read numbers that the compiler has written, and numbers
 * that they have written themselves.
 */
@Tag("port")
final class NativeNumbersTest {
    private static final List<MemoryLayout> TYPES = List.of(NativeLayouts.longDouble(), NativeLayouts.float128());

    private static final SignatureCallers C = SignatureCallers.atEachLevel("extended").getFirst();

    private static MemorySegment variable(String name) {
        return C.find(name).orElseThrow().reinterpret(16);
    }

    @Example
    void whatTheCompilerWroteIsRead() {
        MemoryLayout type = NativeLayouts.longDouble();

        assertThat(NativeNumbers.getDecimal(type, variable("long_double_a"), 0)).isEqualByComparingTo("1.25");
        assertThat(NativeNumbers.getDouble(type, variable("long_double_b"), 0)).isEqualTo(-2.0e30);
        assertThat(NativeNumbers.getDecimal(type, variable("long_double_c"), 0).round(new MathContext(15)))
                .isEqualByComparingTo("3.0625e-30");
    }

    @Example
    void whatTheCompilerWroteAsAnIntegerIsRead() {
        C.find("int128_a").ifPresent(a -> assertThat(NativeNumbers.getInt128(a.reinterpret(16), 0))
                .isEqualTo(new BigInteger("0123456789abcdeffedcba9876543210", 16)));
        C.find("int128_b").ifPresent(b -> assertThat(NativeNumbers.getInt128(b.reinterpret(16), 0))
                .isEqualTo(BigInteger.valueOf(-5).shiftLeft(64).add(BigInteger.valueOf(6))));
    }

    @Example
    void whatTheCompilerWroteInSixteenBitsIsRead() {
        MemoryLayout type = NativeLayouts.float16();
        C.find("float16_b").ifPresent(b -> {
            assertThat(NativeNumbers.getDouble(type, b.reinterpret(2), 0)).isEqualTo(-2.25);
            assertThat(NativeNumbers.getDecimal(type, b.reinterpret(2), 0)).isEqualByComparingTo("-2.25");
        });
    }

    /**
     * Above the half between two numbers by less than {@code float}, or {@code double}, can tell.
     */
    @Example
    void aNumberOfSixteenBitsIsRoundedOnce() {
        MemoryLayout type = NativeLayouts.float16();
        MemorySegment own = MemorySegment.ofArray(new byte[2]);
        double next = 1 + Math.scalb(1.0, -10);

        NativeNumbers.putDouble(type, own, 0, 1 + Math.scalb(1.0, -11) + Math.scalb(1.0, -40));
        assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(next);
        NativeNumbers.putDouble(type, own, 0, 1 + Math.scalb(1.0, -11));
        assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(1);
        NativeNumbers.putDecimal(type, own, 0,
                new BigDecimal(1 + Math.scalb(1.0, -11)).add(new BigDecimal("1e-60")));
        assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(next);
        NativeNumbers.putDecimal(type, own, 0, new BigDecimal("1e400"));
        assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.POSITIVE_INFINITY);
        NativeNumbers.putDouble(type, own, 0, Double.NaN);
        assertThat(NativeNumbers.getDouble(type, own, 0)).isNaN();
    }

    /** Written as decimals by hand, and by the compiler. */
    @Example
    void whatIsWrittenIsWhatTheCompilerWrote() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(16);
            NativeNumbers.putDecimal(NativeLayouts.longDouble(), own, 0, new BigDecimal("3.0625e-30"));

            assertThat(NativeNumbers.getDecimal(NativeLayouts.longDouble(), own, 0))
                    .isEqualTo(NativeNumbers.getDecimal(NativeLayouts.longDouble(), variable("long_double_c"), 0));
        }
    }

    @Data
    Iterable<Tuple1<Double>> doubles() {
        List<Double> edges = List.of(0.0, -0.0, 1.0, -1.0, 0.1, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL,
                Double.MAX_VALUE, -Double.MAX_VALUE);
        return withEdges(edges, Sample.random("doubles", Sample.tries(500), NativeNumbersTest::finite));
    }

    private static double finite(Random random) {
        double number;
        do {
            number = Double.longBitsToDouble(random.nextLong());
        } while (!Double.isFinite(number));
        return number;
    }

    private static <T> List<Tuple1<T>> withEdges(List<T> edges, Iterable<Tuple1<T>> others) {
        List<Tuple1<T>> all = new ArrayList<>();
        edges.forEach(edge -> all.add(Tuple.of(edge)));
        others.forEach(all::add);
        return all;
    }

    @Property(tries = Integer.MAX_VALUE)
    @FromData("doubles")
    void aDoubleIsWrittenExactly(@ForAll double value) {
        for (MemoryLayout type : TYPES) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment own = arena.allocate(16);
                NativeNumbers.putDouble(type, own, 0, value);

                assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.valueOf(value));
                assertThat(NativeNumbers.getDecimal(type, own, 0)).isEqualByComparingTo(new BigDecimal(value));
            }
        }
    }

    @Example
    void whatNoDecimalIsStaysADouble() {
        for (MemoryLayout type : TYPES) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment own = arena.allocate(16);
                for (double value : new double[]{Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                    NativeNumbers.putDouble(type, own, 0, value);
                    assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.valueOf(value));
                    assertThatThrownBy(() -> NativeNumbers.getDecimal(type, own, 0))
                            .isInstanceOf(ArithmeticException.class).hasMessageContaining("double");
                }
                NativeNumbers.putDouble(type, own, 0, -0.0);
                assertThat(Double.doubleToRawLongBits(NativeNumbers.getDouble(type, own, 0)))
                        .isEqualTo(Double.doubleToRawLongBits(-0.0));
            }
        }
    }

    /** The last bit of 113 counts, the one behind it does not. */
    @Example
    void aNumberIsRoundedToTheNearest() {
        BigDecimal one = BigDecimal.ONE;
        BigDecimal lastBit = BigDecimal.ONE.divide(new BigDecimal(BigInteger.TWO.pow(112)));
        BigDecimal half = lastBit.divide(BigDecimal.valueOf(2));
        MemoryLayout type = NativeLayouts.float128();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(16);
            for (var exactAndRounded : List.of(List.of(one.add(lastBit), one.add(lastBit)),
                    List.of(one.add(half), one), List.of(one.add(half).add(half.movePointLeft(1)), one.add(lastBit)),
                    List.of(one.add(lastBit).add(half), one.add(lastBit).add(lastBit)))) {
                NativeNumbers.putDecimal(type, own, 0, exactAndRounded.getFirst());
                assertThat(NativeNumbers.getDecimal(type, own, 0)).isEqualByComparingTo(exactAndRounded.getLast());
            }
            NativeNumbers.putDecimal(type, own, 0, new BigDecimal("1e5000"));
            assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.POSITIVE_INFINITY);
            NativeNumbers.putDecimal(type, own, 0, new BigDecimal("1e-4960"));
            assertThat(NativeNumbers.getDecimal(type, own, 0).signum()).isEqualTo(1);
            NativeNumbers.putDecimal(type, own, 0, new BigDecimal("1e-6000"));
            assertThat(NativeNumbers.getDecimal(type, own, 0).signum()).isZero();
        }
    }

    /** Their digits are more than a computer has memory for. */
    @Example
    void numbersFarOutOfRangeAreInfiniteOrZero() {
        for (MemoryLayout type : TYPES) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment own = arena.allocate(16);
                NativeNumbers.putDecimal(type, own, 0, new BigDecimal("1e2000000000"));
                assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.POSITIVE_INFINITY);
                NativeNumbers.putDecimal(type, own, 0, new BigDecimal("-1e2000000000"));
                assertThat(NativeNumbers.getDouble(type, own, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
                for (String small : List.of("1e-2000000000", "-1e-2000000000", "0e2000000000", "0e-2000000000")) {
                    NativeNumbers.putDecimal(type, own, 0, new BigDecimal(small));
                    assertThat(NativeNumbers.getDecimal(type, own, 0)).isEqualByComparingTo(BigDecimal.ZERO);
                }
            }
        }
    }

    @Data
    Iterable<Tuple1<BigInteger>> integers() {
        BigInteger word = BigInteger.ONE.shiftLeft(64);
        BigInteger limit = BigInteger.ONE.shiftLeft(127);
        BigInteger one = BigInteger.ONE;
        List<BigInteger> edges = List.of(BigInteger.ZERO, one, one.negate(), word.subtract(one), word, word.negate(),
                word.shiftRight(1), limit.subtract(one), limit.negate());
        // Shifted, so that there are numbers of any length.
        return withEdges(edges, Sample.random("integers", Sample.tries(500),
                random -> new BigInteger(128, random).subtract(limit).shiftRight(random.nextInt(127))));
    }

    @Property(tries = Integer.MAX_VALUE)
    @FromData("integers")
    void integersAreReadAsTheyWereWritten(@ForAll BigInteger value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(16);
            NativeNumbers.putInt128(own, 0, value);

            assertThat(NativeNumbers.getInt128(own, 0)).isEqualTo(value);
            assertThat(NativeNumbers.getUnsignedInt128(own, 0))
                    .isEqualTo(value.signum() < 0 ? value.add(BigInteger.ONE.shiftLeft(128)) : value);
        }
    }

    @Example
    void whatDoesNotFitIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(16);
            assertThatThrownBy(() -> NativeNumbers.putInt128(own, 0, BigInteger.ONE.shiftLeft(128)))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("128 bits");
            assertThatThrownBy(() -> NativeNumbers.getDouble(NativeLayouts.int128(), own, 0))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("longDouble()");
        }
    }
}
