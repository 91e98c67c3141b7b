// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.libraries.Library.STRING;
import static dev.salto.text.callers.CTypes.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Amounts;
import dev.salto.CLayouts;
import dev.salto.ClosureType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** zlib takes its input, its output's place and its memory from Java. */
final class ZlibTest {
    private static final int Z_OK = 0;
    private static final int Z_STREAM_END = 1;
    private static final int Z_MEM_ERROR = -4;
    private static final int Z_BUF_ERROR = -5;
    private static final int WINDOW_BITS = 15;
    private static final int WINDOW = 1 << WINDOW_BITS;

    private static final StructLayout STREAM = CLayouts.struct(ADDRESS.withName("next_in"),
            JAVA_INT.withName("avail_in"), LONG.withName("total_in"), ADDRESS.withName("next_out"),
            JAVA_INT.withName("avail_out"), LONG.withName("total_out"), ADDRESS.withName("msg"),
            ADDRESS.withName("state"), ADDRESS.withName("zalloc"), ADDRESS.withName("zfree"),
            ADDRESS.withName("opaque"), JAVA_INT.withName("data_type"), LONG.withName("adler"),
            LONG.withName("reserved"));

    private static final AddressLayout POINTER_TO_POINTER = ADDRESS.withTargetLayout(ADDRESS);

    interface Input {
        int read(MemorySegment unused, MemorySegment buffer);
    }

    interface Output {
        int write(MemorySegment unused, MemorySegment bytes, int length);
    }

    interface Allocate {
        MemorySegment allocate(MemorySegment opaque, int items, int size);
    }

    interface Free {
        void free(MemorySegment opaque, MemorySegment address);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<Input> INPUT = ClosureType.of(LOOKUP, Input.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, POINTER_TO_POINTER));
    private static final ClosureType<Output> OUTPUT = ClosureType.of(LOOKUP, Output.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, STRING, JAVA_INT));
    private static final ClosureType<Allocate> ALLOCATE = ClosureType.of(LOOKUP, Allocate.class,
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    private static final ClosureType<Free> FREE = ClosureType.of(LOOKUP, Free.class,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));

    private final Library zlib = Library.open("libz.so.1", "zlib1g");
    private final MethodHandle version = zlib.link("zlibVersion", FunctionDescriptor.of(ADDRESS));
    private final MethodHandle init = zlib.link("inflateBackInit_",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private final MethodHandle inflateBack = zlib.link("inflateBack",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle end = zlib.link("inflateBackEnd", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    /** Memory for zlib, all of which it has to give back. */
    private static final class Heap {
        private final Arena arena;
        final Set<Long> live = new HashSet<>();
        final List<Long> strangers = new ArrayList<>();
        int allocations;

        Heap(Arena arena) {
            this.arena = arena;
        }

        MemorySegment allocate(MemorySegment opaque, int items, int size) {
            MemorySegment memory = arena.allocate((long) items * size, 16);
            allocations++;
            live.add(memory.address());
            return memory;
        }

        void free(MemorySegment opaque, MemorySegment memory) {
            if (!live.remove(memory.address())) {
                strangers.add(memory.address());
            }
        }
    }

    private static byte[] compressible(int size) {
        byte[] bytes = new byte[size];
        Random random = new Random(1);
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) random.nextInt(20);
        }
        return bytes;
    }

    private static byte[] deflated(byte[] content) {
        try (Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true)) {
            deflater.setInput(content);
            deflater.finish();
            byte[] buffer = new byte[content.length + 1_000];
            return Arrays.copyOf(buffer, deflater.deflate(buffer));
        }
    }

    private static void set(MemorySegment stream, String field, MemorySegment value) {
        stream.set(ADDRESS, STREAM.byteOffset(PathElement.groupElement(field)), value);
    }

    private int start(MemorySegment stream, Allocate allocate, Free free, Arena arena) throws Throwable {
        set(stream, "zalloc", ALLOCATE.bind(allocate, arena));
        set(stream, "zfree", FREE.bind(free, arena));
        return (int) init.invokeExact(stream, WINDOW_BITS, arena.allocate(WINDOW),
                (MemorySegment) version.invokeExact(), (int) STREAM.byteSize());
    }

    /** Hands out bytes a thousand at a time. */
    private static Input from(byte[] bytes, Arena arena) {
        InputStream source = new ByteArrayInputStream(bytes);
        MemorySegment buffer = arena.allocate(1_000);
        return (_, next) -> {
            try {
                byte[] piece = source.readNBytes((int) buffer.byteSize());
                MemorySegment.copy(piece, 0, buffer, JAVA_BYTE, 0, piece.length);
                next.set(ADDRESS, 0, buffer);
                return piece.length;
            } catch (IOException e) {
                return 0;
            }
        };
    }

    @Test
    void inputOutputAndMemoryComeFromJava() throws Throwable {
        byte[] content = compressible(Amounts.scaled(2_000_000));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = arena.allocate(STREAM);
            Heap heap = new Heap(arena);
            assertThat(start(stream, heap::allocate, heap::free, arena)).isEqualTo(Z_OK);
            assertThat(heap.allocations).isPositive();

            MemorySegment output = OUTPUT.bind((_, bytes, length) -> {
                received.writeBytes(bytes.asSlice(0, length).toArray(JAVA_BYTE));
                return 0;
            }, arena);
            assertThat((int) inflateBack.invokeExact(stream, INPUT.bind(from(deflated(content), arena), arena),
                    MemorySegment.NULL, output, MemorySegment.NULL)).isEqualTo(Z_STREAM_END);
            assertThat((int) end.invokeExact(stream)).isEqualTo(Z_OK);
            assertThat(heap.live).isEmpty();
            assertThat(heap.strangers).isEmpty();
        }
        assertThat(received.toByteArray()).isEqualTo(content);
    }

    @Test
    void anOutputCallbackEndsTheWork() throws Throwable {
        List<Integer> lengths = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = arena.allocate(STREAM);
            Heap heap = new Heap(arena);
            assertThat(start(stream, heap::allocate, heap::free, arena)).isEqualTo(Z_OK);

            MemorySegment output = OUTPUT.bind((_, _, length) -> {
                lengths.add(length);
                return lengths.size() == 3 ? 1 : 0;
            }, arena);
            assertThat((int) inflateBack.invokeExact(stream,
                    INPUT.bind(from(deflated(compressible(5 * WINDOW)), arena), arena), MemorySegment.NULL, output,
                    MemorySegment.NULL)).isEqualTo(Z_BUF_ERROR);
            assertThat((int) end.invokeExact(stream)).isEqualTo(Z_OK);
            assertThat(heap.live).isEmpty();
        }
        assertThat(lengths).containsExactly(WINDOW, WINDOW, WINDOW);
    }

    @Test
    void aNullPointerFromJavaMeansThatThereIsNoMemory() throws Throwable {
        List<Integer> asked = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = arena.allocate(STREAM);
            assertThat(start(stream, (_, items, size) -> {
                asked.add(items * size);
                return MemorySegment.NULL;
            }, (_, _) -> {}, arena)).isEqualTo(Z_MEM_ERROR);
        }
        assertThat(asked).hasSize(1).allSatisfy(bytes -> assertThat(bytes).isPositive());
    }
}
