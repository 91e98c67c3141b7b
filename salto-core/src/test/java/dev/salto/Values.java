// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Random arguments and results of callbacks, and how to compare them bit for bit. */
final class Values {
    /** Formatting by a pattern takes most of a test's time where the JVM only interprets. */
    private static final HexFormat HEX = HexFormat.of();

    private Values() {}

    /** A random value for each layout. */
    static Object[] random(List<MemoryLayout> layouts, Random random, SegmentAllocator allocator) {
        return layouts.stream().map(layout -> random(layout, random, allocator)).toArray();
    }

    /** A random value; of a struct or union all bytes are random, those of the padding too. */
    static Object random(MemoryLayout layout, Random random, SegmentAllocator allocator) {
        return switch (layout) {
            case ValueLayout value -> random(value, random);
            default -> {
                byte[] bytes = new byte[Math.toIntExact(layout.byteSize())];
                random.nextBytes(bytes);
                yield allocator.allocate(layout).copyFrom(MemorySegment.ofArray(bytes));
            }
        };
    }

    private static Object random(ValueLayout layout, Random random) {
        return switch (layout) {
            case ValueLayout.OfBoolean _ -> random.nextBoolean();
            case ValueLayout.OfByte _ -> (byte) random.nextInt();
            case ValueLayout.OfChar _ -> (char) random.nextInt();
            case ValueLayout.OfShort _ -> (short) random.nextInt();
            case ValueLayout.OfInt _ -> random.nextInt();
            case ValueLayout.OfLong _ -> random.nextLong();
            case ValueLayout.OfFloat _ -> Float.intBitsToFloat(random.nextInt());
            case ValueLayout.OfDouble _ -> Double.longBitsToDouble(random.nextLong());
            case AddressLayout address -> address.targetLayout()
                    .map(target -> MemorySegment.ofAddress(random.nextLong() & -target.byteAlignment())
                            .reinterpret(target.byteSize()))
                    .orElseGet(() -> MemorySegment.ofAddress(random.nextLong()));
        };
    }

    /** The byte order that this machine does not have. */
    static ByteOrder foreignOrder() {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /** {@link #bits(MemoryLayout, Object)} of each value. */
    static List<Object> bits(List<MemoryLayout> layouts, Object[] values) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            all.add(bits(layouts.get(i), values[i]));
        }
        return all;
    }

    /** The bits of what a function returns; null for {@code void}. */
    static Object bitsOfResult(FunctionDescriptor function, @Nullable Object result) {
        return result == null ? "void" : bits(function.returnLayout().orElseThrow(), result);
    }

    /**
     * Something readable that is equal only for values with the same bits; bytes of padding do not
     * count.
     */
    static Object bits(MemoryLayout layout, Object value) {
        return switch (value) {
            case Float f -> "float " + Integer.toHexString(Float.floatToRawIntBits(f));
            case Double d -> "double " + Long.toHexString(Double.doubleToRawLongBits(d));
            case MemorySegment s when layout instanceof ValueLayout -> Long.toHexString(s.address()) + " of "
                    + s.byteSize() + " bytes";
            case MemorySegment s -> bytes(layout, s);
            default -> value;
        };
    }

    private static String bytes(MemoryLayout layout, MemorySegment segment) {
        BitSet used = new BitSet();
        markUsed(layout, 0, used);
        byte[] bytes = segment.toArray(ValueLayout.JAVA_BYTE);
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < bytes.length; i++) {
            if (i % 8 == 0 && i > 0) {
                text.append(' ');
            }
            if (used.get(i)) {
                HEX.toHexDigits(text, bytes[i]);
            } else {
                text.append("..");
            }
        }
        return text.append(']').toString();
    }

    /** Sets the bit of each byte that belongs to a value. */
    private static void markUsed(MemoryLayout layout, int offset, BitSet used) {
        int size = Math.toIntExact(layout.byteSize());
        switch (layout) {
            case ValueLayout _ -> used.set(offset, offset + size);
            case PaddingLayout _ -> {
            }
            case SequenceLayout sequence -> {
                MemoryLayout element = sequence.elementLayout();
                for (int i = 0; i < sequence.elementCount(); i++) {
                    markUsed(element, offset + i * Math.toIntExact(element.byteSize()), used);
                }
            }
            case GroupLayout group -> {
                int at = offset;
                for (MemoryLayout member : group.memberLayouts()) {
                    markUsed(member, at, used);
                    if (!(group instanceof UnionLayout)) {
                        at += Math.toIntExact(member.byteSize());
                    }
                }
            }
        }
    }

    /** A function's type the way it is written in C, with Java's names for the numbers. */
    static String describe(FunctionDescriptor function) {
        return function.returnLayout().map(Values::describe).orElse("void")
                + function.argumentLayouts().stream().map(Values::describe)
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    /** A layout the way it is written in C, with Java's names for the numbers. */
    static String describe(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout address -> address.targetLayout().map(Values::describe).orElse("void") + "*";
            case ValueLayout value -> value.carrier().getSimpleName().toLowerCase(Locale.ROOT);
            case PaddingLayout padding -> "padding " + padding.byteSize();
            case SequenceLayout sequence -> describe(sequence.elementLayout()) + "[" + sequence.elementCount() + "]";
            case GroupLayout group -> {
                StringBuilder text = new StringBuilder(group instanceof UnionLayout ? "union {" : "struct {");
                group.memberLayouts().forEach(member -> text.append(' ').append(describe(member)).append(';'));
                yield text.append(" }").toString();
            }
        };
    }
}
