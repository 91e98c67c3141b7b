// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * All memory, by address. The caller must ensure that the memory exists, and allows the access. A
 * word is as large as an address; trampolines and entries read words.
 */
public final class Memory {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfChar CHAR = ValueLayout.JAVA_CHAR_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final boolean HAS_WIDE_WORDS = ValueLayout.ADDRESS.byteSize() == Long.BYTES;
    private static final int FLOAT_INFINITY = 0x7f800000;
    private static final int FLOAT_FRACTION = 0x007fffff;
    private static final long DOUBLE_INFINITY = 0x7ff0000000000000L;

    /** The number of fraction bits of a {@code double} beyond those of a {@code float}. */
    private static final int FRACTION_BITS_MORE = 29;

    /** Four words, of which two can overlap. */
    private static final long MOST_BY_WORDS = 4 * Long.BYTES;

    /**
     * All memory, so that an offset is an address. It is a constant to the JIT compiler, which
     * reduces a write to one instruction.
     */
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** The size of a word in bytes. */
    public static final int WORD_SIZE = (int) ValueLayout.ADDRESS.byteSize();

    private Memory() {}

    /** Made at the first use, because the JVM makes a dozen classes for it. */
    private static final class Release {
        /** An aligned word in a segment, at an offset in bytes, as a {@code long}. */
        static final VarHandle WORD = HAS_WIDE_WORDS
                ? ValueLayout.JAVA_LONG.varHandle()
                : MethodHandles.filterValue(ValueLayout.JAVA_INT.varHandle(), cast(long.class, int.class),
                        cast(int.class, long.class));

        /** An aligned {@code int} in a segment, at an offset in bytes. */
        static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

        private Release() {}

        private static MethodHandle cast(Class<?> from, Class<?> to) {
            return MethodHandles.explicitCastArguments(MethodHandles.identity(to), MethodType.methodType(to, from));
        }
    }

    /** Reads a byte. */
    public static byte getByte(long address) {
        return ALL.get(BYTE, address);
    }

    /** Reads two bytes. */
    public static short getShort(long address) {
        return ALL.get(SHORT, address);
    }

    /** Reads two bytes. */
    public static char getChar(long address) {
        return ALL.get(CHAR, address);
    }

    /** Reads four bytes. */
    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    /** Reads eight bytes. */
    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    /** Reads four bytes. */
    public static float getFloat(long address) {
        return ALL.get(FLOAT, address);
    }

    /** Reads eight bytes. */
    public static double getDouble(long address) {
        return ALL.get(DOUBLE, address);
    }

    /** Reads a word, without a sign. */
    public static long getWord(long address) {
        return HAS_WIDE_WORDS ? getLong(address) : Integer.toUnsignedLong(getInt(address));
    }

    /** Writes a byte. */
    public static void setByte(long address, byte value) {
        ALL.set(BYTE, address, value);
    }

    /** Writes two bytes. */
    public static void setShort(long address, short value) {
        ALL.set(SHORT, address, value);
    }

    /** Writes four bytes. */
    public static void setInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Writes eight bytes. */
    public static void setLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /** Writes four bytes. */
    public static void setFloat(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    /** Writes eight bytes. */
    public static void setDouble(long address, double value) {
        ALL.set(DOUBLE, address, value);
    }

    /** Writes four bytes, and ones behind them. */
    public static void setBoxed(long address, float value) {
        setBoxed(address, Integer.toUnsignedLong(Float.floatToRawIntBits(value)), Float.BYTES);
    }

    /**
     * Writes a number, and ones behind it.
     *
     * @param bits the number, with zeros above it
     * @param size how many bytes it has, less than eight
     */
    public static void setBoxed(long address, long bits, int size) {
        setLong(address, bits | (-1L << (size * Byte.SIZE)));
    }

    /**
     * Reads a {@code float} that is stored as a {@code double}. A NaN keeps its bits, unlike with a
     * cast of a signalling one.
     */
    public static float getWidened(long address) {
        long bits = getLong(address);
        double value = Double.longBitsToDouble(bits);
        if (!Double.isNaN(value)) {
            return (float) value;
        }
        int sign = (int) (bits >>> Integer.SIZE) & Integer.MIN_VALUE;
        int fraction = (int) (bits >>> FRACTION_BITS_MORE) & FLOAT_FRACTION;
        return Float.intBitsToFloat(sign | FLOAT_INFINITY | fraction);
    }

    /** Writes a {@code float} as a {@code double}, a NaN with its bits. */
    public static void setWidened(long address, float value) {
        if (!Float.isNaN(value)) {
            setDouble(address, value);
            return;
        }
        int bits = Float.floatToRawIntBits(value);
        long sign = (long) (bits & Integer.MIN_VALUE) << Integer.SIZE;
        long fraction = (long) (bits & FLOAT_FRACTION) << FRACTION_BITS_MORE;
        setLong(address, sign | DOUBLE_INFINITY | fraction);
    }

    /** Writes a word. */
    public static void setWord(long address, long value) {
        if (HAS_WIDE_WORDS) {
            ALL.set(LONG, address, value);
        } else {
            ALL.set(INT, address, (int) value);
        }
    }

    /** Writes an aligned word, with release. */
    public static void setWordRelease(long address, long value) {
        Release.WORD.setRelease(ALL, address, value);
    }

    /** Reads an aligned word with its sign, with acquire. */
    public static long getWordAcquire(long address) {
        return (long) Release.WORD.getAcquire(ALL, address);
    }

    /** Writes four aligned bytes, with release. */
    public static void setIntRelease(long address, int value) {
        Release.INT.setRelease(ALL, address, value);
    }

    /** The lowest bits of a number, as many as a word has, with their sign. */
    public static long toWord(long value) {
        return HAS_WIDE_WORDS ? value : (int) value;
    }

    /**
     * Writes neighbouring words, in any order. It uses a buffer, because the first callback of a
     * process waits for this. To write a word to a segment, the JVM would make classes, for 8 ms.
     */
    public static void setWords(long address, long[] values) {
        ByteBuffer words = ALL.asSlice(address, (long) values.length * WORD_SIZE).asByteBuffer()
                .order(ByteOrder.nativeOrder());
        if (HAS_WIDE_WORDS) {
            LongBuffer _ = words.asLongBuffer().put(values);
            return;
        }
        for (long value : values) {
            words.putInt((int) value);
        }
    }

    /**
     * Writes one aligned word by one store, through a buffer like {@link #setWords}, for the same
     * reason.
     */
    public static void putWord(long address, long value) {
        ByteBuffer word = ALL.asSlice(address, WORD_SIZE).asByteBuffer().order(ByteOrder.nativeOrder());
        if (HAS_WIDE_WORDS) {
            word.putLong(value);
        } else {
            word.putInt((int) value);
        }
    }

    /** Reads one word through a buffer, like {@link #putWord}, without a sign. */
    public static long takeWord(long address) {
        ByteBuffer word = ALL.asSlice(address, WORD_SIZE).asByteBuffer().order(ByteOrder.nativeOrder());
        return HAS_WIDE_WORDS ? word.getLong() : Integer.toUnsignedLong(word.getInt());
    }

    /** Some memory as a segment that is always alive. */
    public static MemorySegment segment(long address, long size) {
        return ALL.asSlice(address, size);
    }

    /** Copies bytes. */
    public static void copy(long from, long to, long size) {
        copy(ALL, from, to, size);
    }

    /**
     * Copies bytes of a segment, each of which is alive when it is read. Few are copied by words,
     * which may overlap: that takes a fifth of the time.
     */
    public static void copy(MemorySegment from, long offset, long to, long size) {
        if (size < Long.BYTES || size > MOST_BY_WORDS) {
            MemorySegment.copy(from, offset, ALL, to, size);
            return;
        }
        copyLong(from, offset, to);
        long last = size - Long.BYTES;
        if (last > Long.BYTES) {
            copyLong(from, offset + Long.BYTES, to + Long.BYTES);
            copyLong(from, offset + last - Long.BYTES, to + last - Long.BYTES);
        }
        copyLong(from, offset + last, to + last);
    }

    private static void copyLong(MemorySegment from, long offset, long to) {
        ALL.set(LONG, to, from.get(LONG, offset));
    }

    /** Copies bytes to a segment, which stays alive meanwhile. */
    public static void copy(long from, MemorySegment to, long size) {
        MemorySegment.copy(ALL, from, to, 0, size);
    }

    /** Reads a byte of a segment. */
    public static byte getByte(MemorySegment from, long offset) {
        return from.get(BYTE, offset);
    }

    /** Reads four bytes of a segment. */
    public static int getInt(MemorySegment from, long offset) {
        return from.get(INT, offset);
    }

    /** Reads eight bytes of a segment. */
    public static long getLong(MemorySegment from, long offset) {
        return from.get(LONG, offset);
    }

    /** Reads as much as an address has. */
    public static long getWord(MemorySegment from, long offset) {
        return HAS_WIDE_WORDS ? getLong(from, offset) : getInt(from, offset);
    }

    /** Reads two bytes of a segment. */
    public static short getShort(MemorySegment from, long offset) {
        return from.get(SHORT, offset);
    }

    /** Reads four bytes of a segment. */
    public static float getFloat(MemorySegment from, long offset) {
        return from.get(FLOAT, offset);
    }

    /** Sets bytes to zero. */
    public static void clear(long address, long size) {
        ALL.asSlice(address, size).fill((byte) 0);
    }
}
