// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.internal.abi.ExtendedType;
import dev.salto.internal.abi.LongDoubleFormat;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.UnsignedType;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;

/**
 * Layouts of C types for which the JDK has none. They may be arguments and results of a
 * {@link CallInterface}, and members of such structs. Upcall stubs and {@link ClosureType}s refuse
 * them.
 *
 * <p>A value of such a type is a segment of its size in Java, in the processor's byte order.
 * {@link NativeNumbers} converts it to and from Java's numbers. Such a layout may be given a name,
 * because its content identifies it.
 */
public final class NativeLayouts {
    private static final long QUAD_SIZE = 16;

    private NativeLayouts() {}

    /**
     * C's {@code long double} on this platform. It has 80 bits on x86, and is IEEE 754 binary128 on
     * AArch64, riscv64, s390x and LoongArch. It is two doubles on ppc64le, and {@code double} on
     * Arm. On Windows it is Microsoft's, also {@code double}; GCC's is {@link #longDouble80}.
     *
     * @return its layout, on Arm and on Windows that of {@code double}
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static MemoryLayout longDouble() {
        return switch (format()) {
            case DOUBLE, DOUBLE_OF_WINDOWS -> ValueLayout.JAVA_DOUBLE;
            case X87 -> longDouble80();
            case X87_OF_12_BYTES -> ExtendedType.X87.layout(JAVA_BYTE, 12, 4);
            case QUAD -> float128();
            case QUAD_ALIGNED_TO_8 -> ExtendedType.QUAD.layout(JAVA_BYTE, QUAD_SIZE, 8);
            case DOUBLE_DOUBLE -> ExtendedType.DOUBLE_DOUBLE.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
        };
    }

    /**
     * {@code long double} of 80 bits in 16 bytes: that of Linux on x86-64, and on Windows that of
     * GCC ({@link Abi#GNUW64}).
     *
     * @return a layout of 16 bytes
     */
    public static StructLayout longDouble80() {
        return ExtendedType.X87.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
    }

    /**
     * {@return {@code __float128}, and {@code _Float128}: IEEE 754 binary128, aligned to 16 bytes}
     */
    public static StructLayout float128() {
        return ExtendedType.QUAD.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
    }

    /**
     * {@code _Float16}: IEEE 754 binary16. Call interfaces take it on x86-64 (not in {@link
     * Abi#WIN64}, {@link Abi#GNUW64} and {@link Abi#EFI}), AArch64 and riscv64. {@link
     * NativeNumbers} reads and writes it, and so do {@link Float#float16ToFloat} and {@link
     * Float#floatToFloat16} with the two bytes of its segment.
     *
     * @return a layout of two bytes
     */
    public static StructLayout float16() {
        return ExtendedType.HALF.layout(JAVA_BYTE, Short.BYTES, Short.BYTES);
    }

    /**
     * {@return {@code __int128} and {@code unsigned __int128}} No 32-bit processor has them.
     *
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout int128() {
        return ExtendedType.INT128.layout(JAVA_BYTE, QUAD_SIZE,
                format() == LongDoubleFormat.QUAD_ALIGNED_TO_8 ? 8 : QUAD_SIZE);
    }

    /**
     * {@code unsigned char}, as the result of a {@link CallInterface}. A handler returns it as a
     * {@code byte}, and native code gets it with zeros above those 8 bits. {@code JAVA_BYTE} is
     * {@code signed char}: on Arm, riscv64, ppc64le, s390x and LoongArch, callers would find ones
     * above a byte that is negative in Java. Elsewhere, and as an argument, both mean the same.
     *
     * @return {@code JAVA_BYTE} with the name {@code unsigned char}, by which it is known
     */
    public static ValueLayout.OfByte unsignedChar() {
        return JAVA_BYTE.withName(UnsignedType.CHAR);
    }

    /**
     * {@code unsigned short}, as {@link #unsignedChar}. A handler returns it as a {@code short};
     * {@code JAVA_CHAR} has the same effect, but is a {@code char} in Java.
     *
     * @return {@code JAVA_SHORT} with the name {@code unsigned short}, by which it is known
     */
    public static ValueLayout.OfShort unsignedShort() {
        return JAVA_SHORT.withName(UnsignedType.SHORT);
    }

    /**
     * {@code unsigned int}, as {@link #unsignedChar}. A handler returns it as an {@code int}. Above
     * its 32 bits, ppc64le and s390x have zeros, and riscv64 and LoongArch the sign.
     *
     * @return {@code JAVA_INT} with the name {@code unsigned int}, by which it is known
     */
    public static ValueLayout.OfInt unsignedInt() {
        return JAVA_INT.withName(UnsignedType.INT);
    }

    /**
     * Returns the layout of a type as a member of a packed struct
     * ({@code __attribute__((packed))}). It is the same type, but it and its members are aligned to
     * one byte.
     *
     * {@snippet :
     * StructLayout packed = MemoryLayout.structLayout(JAVA_BYTE, NativeLayouts.packed(NativeLayouts.complexFloat()));
     * }
     *
     * @param type any layout; the layouts of this class keep their meaning
     * @return its layout, of the same size and name
     */
    public static MemoryLayout packed(MemoryLayout type) {
        MemoryLayout packed = switch (type) {
            case SequenceLayout sequence ->
                MemoryLayout.sequenceLayout(sequence.elementCount(), packed(sequence.elementLayout()));
            case StructLayout struct -> MemoryLayout.structLayout(packedMembers(struct));
            case UnionLayout union -> MemoryLayout.unionLayout(packedMembers(union));
            default -> type.withByteAlignment(1);
        };
        return type.name().isPresent() ? packed.withName(type.name().get()) : packed;
    }

    private static MemoryLayout[] packedMembers(GroupLayout group) {
        return group.memberLayouts().stream().map(NativeLayouts::packed).toArray(MemoryLayout[]::new);
    }

    /** {@return {@code _Complex float}: the real part, then the imaginary part} */
    public static StructLayout complexFloat() {
        return complex(JAVA_FLOAT);
    }

    /** {@return {@code _Complex double}} */
    public static StructLayout complexDouble() {
        return complex(JAVA_DOUBLE.withByteAlignment(doubleAlignment()));
    }

    /**
     * {@return {@code _Complex long double}}
     *
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout complexLongDouble() {
        return complex(longDouble());
    }

    /**
     * A vector type of the compiler, such as {@code float __attribute__((vector_size(16)))},
     * {@code __m128} or {@code float32x4_t}.
     *
     * <p>If compilers differ, it is passed as in GCC. On x86-64, GCC passes and returns a vector of
     * one {@code float} or {@code double} in memory. clang passes the former in an integer
     * register, and returns the latter in xmm0. On AArch64 and Arm, clang returns vectors of 4
     * bytes in a floating-point register.
     *
     * <p>In {@link Abi#WIN64} and {@link Abi#GNUW64}, GCC passes vectors of 8 bytes in integer
     * registers, but one of a {@code double} by its address. It returns all of them in rax. There
     * clang passes those of {@code float}, and of integers shorter than 8 bytes, by their address.
     * It passes that of a {@code double} in a floating-point register, and returns all of these in
     * xmm0.
     *
     * @param element the layout of each element; its name does not matter
     * @param count the number of elements, which have 4, 8 or 16 bytes together
     * @return the layout of a vector
     * @throws IllegalArgumentException if they have another size
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout vector(ValueLayout element, int count) {
        long size = element.byteSize() * count;
        if (size != 4 && size != 8 && size != 16) {
            throw new IllegalArgumentException(
                    "a vector of %s times %s has %s bytes; it has to have 4, 8 or 16".formatted(count, element, size));
        }
        return ExtendedType.VECTOR.layout(element.withoutName(), count, Math.min(size, mostAlignmentOfVectors()));
    }

    /**
     * On Arm and s390x, vectors of 16 bytes are aligned to 8 (AAPCS32 2024Q3, 5.1; ELF ABI s390x
     * Supplement 1.6.1, 1.1.2).
     */
    private static long mostAlignmentOfVectors() {
        return switch (format()) {
            case DOUBLE, QUAD_ALIGNED_TO_8 -> 8;
            default -> 16;
        };
    }

    private static StructLayout complex(MemoryLayout part) {
        return ExtendedType.COMPLEX.layout(part, 2, part.byteAlignment());
    }

    private static long doubleAlignment() {
        return format() == LongDoubleFormat.X87_OF_12_BYTES ? 4 : 8;
    }

    private static LongDoubleFormat format() {
        return Ports.thisJvm().orElseThrow(
                () -> new UnsupportedOperationException(
                        "the C types of this processor are not known; Salto knows those of "
                                + Ports.supported()))
                .longDouble();
    }
}
