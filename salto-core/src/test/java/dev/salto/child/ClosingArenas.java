// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.salto.CallInterface;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Tier;
import dev.salto.text.callers.CTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Callbacks return structs in shared arenas, which another thread closes at any moment. The
 * argument says how they return them.
 */
public final class ClosingArenas {
    private static final int SECONDS = 60;
    private static final int ARENAS = 2_000;

    /** In nanoseconds: some structs are returned in any case. */
    private static final long LONG_LIFE = 20_000_000;

    /** Copying one takes some microseconds. */
    private static final StructLayout LARGE = MemoryLayout
            .structLayout(MemoryLayout.sequenceLayout(1 << 18, CTypes.LONG_LONG));

    private static final byte FILLED = 7;
    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(LARGE);

    private static volatile MemorySegment shared = MemorySegment.NULL;
    private static volatile boolean isOver;

    private ClosingArenas() {}

    /** Returns a struct. */
    interface Source {
        MemorySegment get();
    }

    private static MemorySegment bind(String how, Arena arena) {
        CallInterface dataDriven = CallInterface.prepare(FUNCTION, ClosureOption.tier(Tier.DATA_DRIVEN));
        ClosureType<Source> type = ClosureType.of(MethodHandles.lookup(), Source.class, FUNCTION);
        return switch (how) {
            case "argument handler" -> dataDriven.bind(arguments -> arguments.setReturn(shared), arena);
            case "call handler" -> dataDriven.bindBoxed((_, _) -> shared, arena);
            case "interface" -> type.bind(() -> shared, arena);
            case "policy" -> ClosureType.<Source>of(MethodHandles.lookup(), Source.class, FUNCTION,
                    ClosureOption.onException(ExceptionPolicy.handleBy(_ -> shared))).bind(() -> {
                        throw new IllegalStateException("on purpose");
                    }, arena);
            default -> throw new IllegalArgumentException(how);
        };
    }

    public static void main(String[] arguments) throws Throwable {
        TimeLimit.start(SECONDS);
        Thread.currentThread().setUncaughtExceptionHandler(ClosingArenas::note);
        try (Arena arena = Arena.ofConfined(); FileChannel file = file()) {
            SegmentAllocator result = SegmentAllocator.prefixAllocator(arena.allocate(LARGE));
            MethodHandle call = Linker.nativeLinker().downcallHandle(bind(arguments[0], arena), FUNCTION);
            Thread closing = Thread.ofPlatform().start(() -> replaceArenas(file));
            int filled = 0;
            while (!isOver) {
                filled += check((MemorySegment) call.invokeExact(result)) == FILLED ? 1 : 0;
            }
            // The JVM interrupts a thread that reads when the arena is closed.
            boolean _ = Thread.interrupted();
            closing.join();
            System.out.println("filled=" + filled);
        }
        System.out.println("done=all structs were whole");
    }

    /** Callbacks throw when the arena is closed, or there is none as yet. */
    private static void note(Thread thread, Throwable exception) {
        if (!(exception instanceof IllegalStateException || exception instanceof IllegalArgumentException)) {
            exception.printStackTrace(System.out);
        }
    }

    private static byte check(MemorySegment struct) {
        byte first = struct.get(JAVA_BYTE, 0);
        byte last = struct.get(JAVA_BYTE, struct.byteSize() - 1);
        if (first != last || (first != 0 && first != FILLED)) {
            throw new AssertionError("a struct begins with " + first + " and ends with " + last);
        }
        return first;
    }

    private static void replaceArenas(FileChannel file) {
        for (int i = 0; i < ARENAS; i++) {
            try (Arena arena = Arena.ofShared()) {
                shared = file.map(FileChannel.MapMode.READ_ONLY, 0, LARGE.byteSize(), arena);
                long end = System.nanoTime() + (i % 50 == 0 ? LONG_LIFE : i % 50 * 5_000L);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        isOver = true;
    }

    /** A file without a name that has the content of one struct. */
    private static FileChannel file() throws IOException {
        Path path = Files.createTempFile("salto-test", null);
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Files.delete(path);
        byte[] content = new byte[(int) LARGE.byteSize()];
        Arrays.fill(content, FILLED);
        int written = file.write(ByteBuffer.wrap(content), 0);
        if (written < content.length) {
            throw new IOException("only " + written + " bytes were written");
        }
        return file;
    }
}
