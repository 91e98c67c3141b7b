// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.ExtendedType;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the numbers of {@link NativeLayouts} in memory: {@code long double} in each of
 * its formats, {@code __float128}, {@code _Float16} and {@code __int128}. The parts of a complex
 * number and the elements of a vector are numbers at an offset, the imaginary part behind the real
 * one.
 *
 * <p>Methods that round say so. {@code BigDecimal} can have every finite value. Unlike
 * {@code double}, it has no infinities, no not-a-numbers, and no sign of zero.
 */
public final class NativeNumbers {
    /** Of the formats of 80 and 128 bits. */
    private static final int EXPONENT_BIAS = 16383;

    private static final int EXPONENT_MASK = 0x7fff;

    /**
     * More decimal digits before the point than any finite value has, and more zeros after the
     * point than any value but zero begins with.
     */
    private static final int MOST_DIGITS = 5_000;

    private static final long X87_INTEGER_BIT = 1L << 63;
    private static final int X87_FRACTION = 63;
    private static final int QUAD_FRACTION = 112;
    private static final int QUAD_HIGH_FRACTION = QUAD_FRACTION - Long.SIZE;
    private static final int DOUBLE_FRACTION = 52;
    private static final long HIGH_FRACTION_MASK = (1L << QUAD_HIGH_FRACTION) - 1;

    private static final int HIGH = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? 0 : Long.BYTES;
    private static final int LOW = Long.BYTES - HIGH;

    private NativeNumbers() {}

    /**
     * Reads a number exactly.
     *
     * @param type its layout: {@link NativeLayouts#longDouble}, {@link NativeLayouts#float128},
     *     {@link NativeLayouts#float16}, or {@code double}, which {@code long double} is on Arm
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @return its value
     * @throws ArithmeticException if it is infinite or not a number
     * @throws IllegalArgumentException if {@code type} is none of these
     * @throws IndexOutOfBoundsException if it is not all in the segment
     */
    public static BigDecimal getDecimal(MemoryLayout type, MemorySegment segment, long offset) {
        return switch (format(type)) {
            case HALF -> new BigDecimal(requireFinite(getHalf(segment, offset)));
            case DOUBLE -> new BigDecimal(requireFinite(segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset)));
            case DOUBLE_DOUBLE -> new BigDecimal(requireFinite(segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset)))
                    .add(new BigDecimal(
                            requireFinite(segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset + Double.BYTES))));
            case X87, QUAD -> {
                Binary binary = read(type, segment, offset);
                if (binary.exponent() == EXPONENT_MASK) {
                    throw new ArithmeticException("an infinity or a not-a-number has no decimal; read it as a double");
                }
                yield binary.toDecimal();
            }
        };
    }

    /**
     * Reads a number as the nearest {@code double}, with 53 bits. A number that is too large
     * becomes infinite, and one that is too small becomes zero.
     *
     * @param type its layout, as in {@link #getDecimal}
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @return its value, rounded to the nearest; infinities and not-a-numbers stay such
     * @throws IllegalArgumentException if {@code type} is none of these
     * @throws IndexOutOfBoundsException if it is not all in the segment
     */
    public static double getDouble(MemoryLayout type, MemorySegment segment, long offset) {
        return switch (format(type)) {
            case HALF -> getHalf(segment, offset);
            case DOUBLE -> segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset);
            case DOUBLE_DOUBLE -> {
                double high = segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset);
                double low = segment.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset + Double.BYTES);
                // The sum of a zero and a low part of the other sign would lose its sign.
                yield high == 0 || !Double.isFinite(high) ? high : high + low;
            }
            case X87, QUAD -> {
                Binary binary = read(type, segment, offset);
                double sign = binary.isNegative() ? -1 : 1;
                if (binary.exponent() == EXPONENT_MASK) {
                    yield binary.hasFraction() ? Double.NaN : sign * Double.POSITIVE_INFINITY;
                }
                yield binary.significand().signum() == 0 ? sign * 0.0 : binary.toDecimal().doubleValue();
            }
        };
    }

    /**
     * Writes a {@code double} exactly. Only {@code _Float16} gets the nearest number, which may be
     * infinity.
     *
     * @param type its layout, as in {@link #getDecimal}
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @param value the value
     * @throws IllegalArgumentException if {@code type} is none of these
     * @throws IndexOutOfBoundsException if it does not fit into the segment
     */
    public static void putDouble(MemoryLayout type, MemorySegment segment, long offset, double value) {
        Format format = format(type);
        if (format == Format.HALF) {
            putHalf(segment, offset, value);
            return;
        }
        if (format == Format.DOUBLE || format == Format.DOUBLE_DOUBLE) {
            segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset, value);
            if (format == Format.DOUBLE_DOUBLE) {
                segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset + Double.BYTES, 0.0);
            }
            return;
        }
        boolean isNegative = Double.doubleToRawLongBits(value) < 0;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            long fraction = Double.isNaN(value) ? 1L << (DOUBLE_FRACTION - 1) : 0;
            write(format, segment, offset, isNegative, EXPONENT_MASK,
                    BigInteger.valueOf(fraction).shiftLeft(fraction(format) - DOUBLE_FRACTION)
                            .setBit(fraction(format)));
            return;
        }
        writeRounded(format, segment, offset, isNegative, new BigDecimal(value).abs());
    }

    /**
     * Writes a number, rounded to the nearest one. The format of 80 bits has 64 significant bits,
     * that of 128 has 113, that of 16 has 11, and two doubles have about 106. A number that is too
     * large becomes infinite.
     *
     * @param type its layout, as in {@link #getDecimal}
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @param value the value
     * @throws IllegalArgumentException if {@code type} is none of these
     * @throws IndexOutOfBoundsException if it does not fit into the segment
     */
    public static void putDecimal(MemoryLayout type, MemorySegment segment, long offset, BigDecimal value) {
        Format format = format(type);
        if (format == Format.HALF) {
            putHalf(segment, offset, roundedToOdd(value));
            return;
        }
        if (format == Format.DOUBLE || format == Format.DOUBLE_DOUBLE) {
            double high = value.doubleValue();
            segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset, high);
            if (format == Format.DOUBLE_DOUBLE) {
                boolean isOne = Double.isInfinite(high) || high == 0;
                double low = isOne ? 0 : value.subtract(new BigDecimal(high)).doubleValue();
                segment.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset + Double.BYTES, low);
            }
            return;
        }
        writeRounded(format, segment, offset, value.signum() < 0, value.abs());
    }

    /**
     * Reads an {@code __int128}.
     *
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @return its signed value
     * @throws IndexOutOfBoundsException if it is not all in the segment
     */
    public static BigInteger getInt128(MemorySegment segment, long offset) {
        return BigInteger.valueOf(high(segment, offset)).shiftLeft(Long.SIZE)
                .add(unsigned(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + LOW)));
    }

    /**
     * Reads an {@code unsigned __int128}, as {@link #getInt128} reads a signed one.
     *
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @return its value
     * @throws IndexOutOfBoundsException if it is not all in the segment
     */
    public static BigInteger getUnsignedInt128(MemorySegment segment, long offset) {
        BigInteger signed = getInt128(segment, offset);
        return signed.signum() < 0 ? signed.add(BigInteger.ONE.shiftLeft(2 * Long.SIZE)) : signed;
    }

    /**
     * Writes an {@code __int128}, or an {@code unsigned __int128}.
     *
     * @param segment the memory
     * @param offset its place in the segment, in bytes
     * @param value the value
     * @throws ArithmeticException if it does not fit into 128 bits
     * @throws IndexOutOfBoundsException if it does not fit into the segment
     */
    public static void putInt128(MemorySegment segment, long offset, BigInteger value) {
        if (value.bitLength() > (value.signum() < 0 ? 2 * Long.SIZE - 1 : 2 * Long.SIZE)) {
            throw new ArithmeticException(value + " does not fit into 128 bits");
        }
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + HIGH, value.shiftRight(Long.SIZE).longValue());
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + LOW, value.longValue());
    }

    private enum Format {
        HALF, DOUBLE, DOUBLE_DOUBLE, X87, QUAD
    }

    private static Format format(MemoryLayout type) {
        if (type instanceof ValueLayout.OfDouble) {
            return Format.DOUBLE;
        }
        ExtendedType extended = ExtendedType.of(type);
        Format format = extended == null ? null : format(extended);
        if (format == null) {
            throw new IllegalArgumentException(
                    "%s is no floating-point type of these; pass NativeLayouts.longDouble(), float128() or float16()"
                            .formatted(type));
        }
        return format;
    }

    private static @Nullable Format format(ExtendedType type) {
        return switch (type) {
            case X87 -> Format.X87;
            case QUAD -> Format.QUAD;
            case DOUBLE_DOUBLE -> Format.DOUBLE_DOUBLE;
            case HALF -> Format.HALF;
            default -> null;
        };
    }

    private static double getHalf(MemorySegment segment, long offset) {
        return Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    private static void putHalf(MemorySegment segment, long offset, double value) {
        segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Float.floatToFloat16(roundedToOdd(value)));
    }

    /**
     * Rounds so that the last bit shows whether other bits were lost. Rounding the result again, to
     * fewer bits, then gives the same number as rounding once.
     */
    private static float roundedToOdd(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        return Float.intBitsToFloat((Math.abs((double) near) > Math.abs(value) ? bits - 1 : bits) | 1);
    }

    private static double roundedToOdd(BigDecimal value) {
        double near = value.doubleValue();
        int difference = Double.isInfinite(near) ? 1 : new BigDecimal(near).abs().compareTo(value.abs());
        long bits = Double.doubleToRawLongBits(near);
        return difference == 0 ? near : Double.longBitsToDouble((difference > 0 ? bits - 1 : bits) | 1);
    }

    private static int fraction(Format format) {
        return format == Format.X87 ? X87_FRACTION : QUAD_FRACTION;
    }

    /**
     * A number as it is stored.
     *
     * @param exponent with its bias
     * @param significand with the bit before the point, which the format of 128 bits does not store
     * @param fraction the number of its bits after the point
     */
    private record Binary(boolean isNegative, int exponent, BigInteger significand, int fraction) {
        boolean hasFraction() {
            return significand.clearBit(fraction).signum() != 0;
        }

        BigDecimal toDecimal() {
            int power = Math.max(exponent, 1) - EXPONENT_BIAS - fraction;
            BigDecimal size = power >= 0
                    ? new BigDecimal(significand.shiftLeft(power))
                    : new BigDecimal(significand).divide(new BigDecimal(BigInteger.TWO.pow(-power)));
            return isNegative ? size.negate() : size;
        }
    }

    private static Binary read(MemoryLayout type, MemorySegment segment, long offset) {
        if (format(type) == Format.X87) {
            int signAndExponent = segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset + Long.BYTES);
            return new Binary(signAndExponent < 0, signAndExponent & EXPONENT_MASK,
                    unsigned(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset)), X87_FRACTION);
        }
        long high = high(segment, offset);
        int exponent = (int) (high >>> QUAD_HIGH_FRACTION) & EXPONENT_MASK;
        BigInteger fraction = BigInteger.valueOf(high & HIGH_FRACTION_MASK).shiftLeft(Long.SIZE)
                .add(unsigned(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + LOW)));
        return new Binary(high < 0, exponent, exponent == 0 ? fraction : fraction.setBit(QUAD_FRACTION),
                QUAD_FRACTION);
    }

    /** Rounds to the nearest, and to even halfway. */
    private static void writeRounded(Format format, MemorySegment segment, long offset, boolean isNegative,
            BigDecimal size) {
        int fraction = fraction(format);
        // Not calculated: a decimal may have a billion digits.
        long digits = (long) size.precision() - size.scale();
        if (digits > MOST_DIGITS || digits < -MOST_DIGITS) {
            boolean isLarge = digits > 0 && size.signum() != 0;
            write(format, segment, offset, isNegative, isLarge ? EXPONENT_MASK : 0,
                    isLarge ? BigInteger.ONE.shiftLeft(fraction) : BigInteger.ZERO);
            return;
        }
        int least = 1 - EXPONENT_BIAS - fraction;
        BigInteger numerator = size.scale() > 0 ? size.unscaledValue() : size.toBigIntegerExact();
        BigInteger denominator = size.scale() > 0 ? BigInteger.TEN.pow(size.scale()) : BigInteger.ONE;
        // The quotient then has as many bits as the format, or one more.
        int power = Math.max(numerator.bitLength() - denominator.bitLength() - fraction - 1, least);
        BigInteger significand = quotient(numerator, denominator, power);
        if (significand.bitLength() > fraction + 1) {
            power++;
            significand = quotient(numerator, denominator, power);
        }
        if (significand.bitLength() > fraction + 1) {
            power++;
            significand = significand.shiftRight(1);
        }
        boolean isNormal = significand.testBit(fraction);
        int exponent = isNormal ? power + fraction + EXPONENT_BIAS : 0;
        if (exponent >= EXPONENT_MASK) {
            exponent = EXPONENT_MASK;
            significand = BigInteger.ONE.shiftLeft(fraction);
        }
        write(format, segment, offset, isNegative, exponent, significand);
    }

    private static BigInteger quotient(BigInteger numerator, BigInteger denominator, int power) {
        BigInteger divisor = power > 0 ? denominator.shiftLeft(power) : denominator;
        BigInteger[] parts = (power < 0 ? numerator.shiftLeft(-power) : numerator).divideAndRemainder(divisor);
        int half = parts[1].shiftLeft(1).compareTo(divisor);
        return half > 0 || (half == 0 && parts[0].testBit(0)) ? parts[0].add(BigInteger.ONE) : parts[0];
    }

    private static void write(Format format, MemorySegment segment, long offset, boolean isNegative, int exponent,
            BigInteger significand) {
        int signAndExponent = exponent | (isNegative ? EXPONENT_MASK + 1 : 0);
        if (format == Format.X87) {
            long bits = exponent == 0 ? significand.longValue() : significand.longValue() | X87_INTEGER_BIT;
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, bits);
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + Long.BYTES, (short) signAndExponent);
            return;
        }
        long high = significand.shiftRight(Long.SIZE).longValue() & HIGH_FRACTION_MASK;
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + HIGH,
                (long) signAndExponent << QUAD_HIGH_FRACTION | high);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + LOW, significand.longValue());
    }

    private static long high(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + HIGH);
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }

    private static double requireFinite(double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(value + " has no decimal; read it as a double");
        }
        return value;
    }
}
