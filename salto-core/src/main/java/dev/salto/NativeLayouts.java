// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.salto.internal.abi.ExtendedType;
import dev.salto.internal.abi.LongDoubleFormat;
import dev.salto.internal.abi.Ports;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Layouts of C types that the JDK has none for. They may be arguments and results of a {@link CallInterface}, and members of structs that are; an upcall stub and a {@link ClosureType}
 * cannot have them, and refuse them.
 *
 * <p>A value of such a type comes and goes as a segment of its size, in the processor's byte order; {@link NativeNumbers} turns those into numbers of Java. Such a layout may be
 * given a name; it is known by what is in it.
 */
public final class NativeLayouts {
    private static final long QUAD_SIZE = 16;

    private NativeLayouts() {}

    /**
     * {@code long double}, as C has it here: of 80 bits on x86, IEEE 754 binary128 on AArch64, riscv64, s390x and LoongArch, two doubles on ppc64le; on Arm it is {@code double}.
     *
     * @return its layout, on Arm that of {@code double}
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static MemoryLayout longDouble() {
        return switch (format()) {
            case DOUBLE -> ValueLayout.JAVA_DOUBLE;
            case X87 -> ExtendedType.X87.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
            case X87_OF_12_BYTES -> ExtendedType.X87.layout(JAVA_BYTE, 12, 4);
            case QUAD -> float128();
            case QUAD_ALIGNED_TO_8 -> ExtendedType.QUAD.layout(JAVA_BYTE, QUAD_SIZE, 8);
            case DOUBLE_DOUBLE -> ExtendedType.DOUBLE_DOUBLE.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
        };
    }

    /** {@code __float128}, and {@code _Float128}: IEEE 754 binary128, aligned to 16 bytes. */
    public static StructLayout float128() {
        return ExtendedType.QUAD.layout(JAVA_BYTE, QUAD_SIZE, QUAD_SIZE);
    }

    /**
     * {@code __int128} and {@code unsigned __int128}. No 32-bit processor has them.
     *
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout int128() {
        return ExtendedType.INT128.layout(JAVA_BYTE, QUAD_SIZE,
                format() == LongDoubleFormat.QUAD_ALIGNED_TO_8 ? 8 : QUAD_SIZE);
    }

    /** {@code _Complex float}: the real part, then the imaginary part. */
    public static StructLayout complexFloat() {
        return complex(JAVA_FLOAT);
    }

    /** {@code _Complex double}. */
    public static StructLayout complexDouble() {
        return complex(JAVA_DOUBLE.withByteAlignment(doubleAlignment()));
    }

    /**
     * {@code _Complex long double}.
     *
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout complexLongDouble() {
        return complex(longDouble());
    }

    /**
     * A vector that the compiler knows as one, as {@code float __attribute__((vector_size(16)))},
     * {@code __m128} or {@code float32x4_t}.
     *
     * <p>Where compilers do not agree, it travels as GCC has it. On x86-64, GCC passes and returns a
     * vector of one {@code double} in memory; clang returns it in xmm0. In {@link Abi#WIN64} and
     * {@link Abi#GNUW64}, GCC passes vectors of 8 bytes in integer registers, but one of a {@code
     * double} by its address, and returns all of them in rax. There clang passes those of {@code
     * float}, and of integers shorter than 8 bytes, by their address, that of a {@code double} in
     * a floating-point register, and returns all of these in xmm0.
     *
     * @param element what it is made of
     * @param count how many; all together have 8 or 16 bytes
     * @throws IllegalArgumentException if they have not
     * @throws UnsupportedOperationException if Salto does not know this processor
     */
    public static StructLayout vector(ValueLayout element, int count) {
        long size = element.byteSize() * count;
        if (size != 8 && size != 16) {
            throw new IllegalArgumentException(
                    "a vector of %s times %s has %s bytes; it has to have 8 or 16".formatted(count, element, size));
        }
        return ExtendedType.VECTOR.layout(element.withoutName(), count, Math.min(size, mostAlignmentOfVectors()));
    }

    /** On Arm and s390x, vectors of 16 bytes are aligned to 8 (AAPCS32 2024Q3, 5.1; ELF ABI s390x Supplement 1.6.1, 1.1.2). */
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
