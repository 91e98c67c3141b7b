// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.recorded;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallInterface;
import dev.salto.CallQueue;
import dev.salto.Callbacks;
import dev.salto.RecordedCall;
import dev.salto.RecordedClosure;
import dev.salto.RecordingOption;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * SQLite writes its log into a queue, and so does a signal handler. Neither enters Java. A virtual
 * thread takes the calls from the queue.
 */
public final class RecordedExample implements AutoCloseable {
    private static final int SQLITE_OK = 0;
    private static final int SQLITE_CONFIG_LOG = 16;
    private static final int SIGUSR1 = 10;
    private static final int SA_RESTART = 0x1000_0000;

    private static final int LONGEST_MESSAGE = 400;
    private static final Duration PATIENCE = Duration.ofMillis(50);

    /** {@code struct sigaction} of the C library on most 64-bit architectures. */
    private static final StructLayout SIGACTION = MemoryLayout.structLayout(ADDRESS.withName("sa_handler"),
            MemoryLayout.sequenceLayout(32, JAVA_INT).withName("sa_mask"), JAVA_INT.withName("sa_flags"),
            MemoryLayout.paddingLayout(4), ADDRESS.withName("sa_restorer"));

    private static final SymbolLookup SQLITE = SymbolLookup.libraryLookup("libsqlite3.so.0", Arena.global());
    private static final SymbolLookup C = Linker.nativeLinker().defaultLookup();
    // int sqlite3_config(int, ...), here with the function and its first argument
    private static final MethodHandle CONFIGURE = link(SQLITE, "sqlite3_config",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SHUT_DOWN = link(SQLITE, "sqlite3_shutdown", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle OPEN = link(SQLITE, "sqlite3_open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE = link(SQLITE, "sqlite3_close", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle EXECUTE = link(SQLITE, "sqlite3_exec",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle SIGNAL_ACTION = link(C, "sigaction",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle RAISE = link(C, "raise", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final CallQueue queue = CallQueue.create(1024, LONGEST_MESSAGE + 8);

    /** {@code void (*)(void *data, int code, const char *message)}; SQLite frees the text. */
    private final RecordedClosure log = queue.bind(CallInterface.parse("void(pointer, int, pointer)"),
            RecordingOption.copyString(2, LONGEST_MESSAGE));

    private final RecordedClosure signal = queue.bind(CallInterface.parse("void(int)"));
    private final MemorySegment formerAction = arena.allocate(SIGACTION);
    private final Thread consumer;
    private volatile boolean isEnding;

    /**
     * Lets SQLite log, and handles a signal.
     *
     * @param lines gets a line for each message and each signal, in a virtual thread
     */
    public RecordedExample(Consumer<String> lines) {
        consumer = Thread.ofVirtual().start(() -> consume(lines));
        int _ = call(() -> (int) SHUT_DOWN.invokeExact());
        check(call(() -> (int) CONFIGURE.invokeExact(SQLITE_CONFIG_LOG, log.address(), MemorySegment.NULL)));
        MemorySegment action = arena.allocate(SIGACTION);
        action.set(ADDRESS, 0, signal.address());
        action.set(JAVA_INT, SIGACTION.byteOffset(PathElement.groupElement("sa_flags")), SA_RESTART);
        check(call(() -> (int) SIGNAL_ACTION.invokeExact(SIGUSR1, action, formerAction)));
    }

    private void consume(Consumer<String> lines) {
        try {
            while (true) {
                boolean isLast = isEnding;
                RecordedCall call = queue.take(PATIENCE);
                if (call != null) {
                    lines.accept(call.closure() == log
                            ? "SQLite says %d: %s".formatted(call.arguments().getInt(1), call.string(2))
                            : "signal %d".formatted(call.arguments().getInt(0)));
                } else if (isLast) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Executes a statement in an empty database. Errors are in the log. */
    public void execute(String sql) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment place = own.allocate(ADDRESS);
            check(call(() -> (int) OPEN.invokeExact(own.allocateFrom(":memory:"), place)));
            MemorySegment database = place.get(ADDRESS, 0);
            int _ = call(() -> (int) EXECUTE.invokeExact(database, own.allocateFrom(sql), MemorySegment.NULL,
                    MemorySegment.NULL, MemorySegment.NULL));
            check(call(() -> (int) CLOSE.invokeExact(database)));
        }
    }

    /** Sends this thread the signal. */
    public void raise() {
        check(call(() -> (int) RAISE.invokeExact(SIGUSR1)));
    }

    /** Restores what was before, and waits until all calls are taken. */
    @Override
    public void close() {
        check(call(() -> (int) SIGNAL_ACTION.invokeExact(SIGUSR1, formerAction, MemorySegment.NULL)));
        int _ = call(() -> (int) SHUT_DOWN.invokeExact());
        check(call(() -> (int) CONFIGURE.invokeExact(SQLITE_CONFIG_LOG, MemorySegment.NULL, MemorySegment.NULL)));
        isEnding = true;
        try {
            consumer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        queue.close();
        arena.close();
    }

    private static void check(int code) {
        if (code != SQLITE_OK) {
            throw new IllegalStateException("a C function failed: " + code);
        }
    }

    /** Calls a C function. Method handles declare Throwable, and C functions throw nothing. */
    private static <R> R call(Callbacks.NativeCall<R, Throwable> function) {
        return Callbacks.callAndRethrow(RuntimeException.class, function);
    }

    private static MethodHandle link(SymbolLookup library, String name, FunctionDescriptor function,
            Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), function, options);
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /** Prints what SQLite and a signal handler report. */
    public static void main(String[] arguments) {
        try (RecordedExample example = new RecordedExample(RecordedExample::print)) {
            example.execute("SELECT no_such_column");
            example.raise();
            example.execute("SELEKT 1");
        }
    }
}
