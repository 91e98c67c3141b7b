// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/**
 * Does something for the first time in the process near the end of the stack: with few frames left,
 * then with more, up to {@value #MOST}. Later, with the whole stack, everything has to work. The
 * arguments are the operation, the smallest number of frames, and its growth.
 */
public final class FirstUse {
    private static final int MOST = 400;
    private static final int SECONDS = 60;
    private static final int STACK = 512 << 10;
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    @SuppressWarnings("StaticAssignmentOfThrowable") // none can be made at the end of a stack
    private static final IllegalStateException EXCEPTION = new IllegalStateException("of the callback");

    private final ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
    private final CallInterface dynamic = CallInterface.prepare(BINARY);
    private final List<Throwable> uncaught = new ArrayList<>();
    private int depth;

    /** Something that can be done more than once. */
    private interface Use {
        void run();
    }

    private FirstUse() {}

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        List<Throwable> failures = new ArrayList<>();
        Thread thread = new Thread(null,
                () -> {
                    try {
                        new FirstUse().run(arguments[0], Integer.parseInt(arguments[1]),
                                Integer.parseInt(arguments[2]));
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }, "at the end of the stack", STACK);
        thread.start();
        thread.join();
        if (!failures.isEmpty()) {
            throw new AssertionError("at the end of the stack", failures.getFirst());
        }
        System.out.println("done=all answers were right");
    }

    private void run(String name, int fewest, int step) throws Exception {
        Thread.currentThread().setUncaughtExceptionHandler((_, e) -> uncaught.add(e));
        MemorySegment _ = Callers.add();
        if (!name.startsWith("bind")) {
            // Binding and calls are not done for the first time.
            requireEqual(6, call(type.bind((_, _) -> 6).address()));
            requireEqual(6, call(dynamic.bind((ArgumentHandler) arguments -> arguments.setReturn(6)).address()));
        }
        Use use = prepare(name);
        loadLibrary();
        try {
            descend(Integer.MAX_VALUE, use);
        } catch (StackOverflowError _) {
            // It is known now where that is.
        }
        int frames = depth;
        int overflows = 0;
        for (int left = fewest; left <= MOST; left += step) {
            depth = 0;
            try {
                descend(frames - left, use);
            } catch (StackOverflowError _) {
                overflows++;
            }
        }
        System.out.println("overflows=" + overflows);
        use.run();
        uncaught.clear();
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        checkAll();
    }

    /**
     * Loads all classes of the library, and initialises none. The JVM loads them so from an
     * archive. To load one from a folder takes more of the stack than to initialise it, so
     * initialisation would hardly ever fail.
     */
    private static void loadLibrary() throws Exception {
        Path folder = Path.of(System.getProperty("jdk.module.path"));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                String name = folder.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                if (!name.equals("module-info")) {
                    Class<?> _ = Class.forName(name, false, FirstUse.class.getClassLoader());
                }
            }
        }
    }

    private void descend(int frames, Use use) {
        depth++;
        if (depth >= frames) {
            use.run();
        } else {
            descend(frames, use);
        }
    }

    /** Does all that comes before a use. */
    private Use prepare(String name) {
        // The JVM needs more of the stack for a lambda than for all that is tested.
        IntBinaryOperator first = (a, _) -> a;
        IntBinaryOperator second = (_, b) -> b;
        ArgumentHandler handler = arguments -> arguments.setReturn(1);
        return switch (name) {
            case "bind" -> () -> type.bind(first);
            case "bind-address" -> () -> {
                long _ = type.bindAddress(first);
            };
            case "bind-arena" -> () -> {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment _ = type.bind(first, arena);
                }
            };
            case "bind-dynamic" -> () -> dynamic.bind(handler);
            case "rebind" -> {
                Closure<IntBinaryOperator> closure = type.bind(first);
                yield () -> closure.rebind(second);
            }
            case "rebind-address" -> {
                long address = type.bindAddress(first);
                yield () -> type.rebindAddress(address, second);
            }
            case "close" -> {
                Closure<IntBinaryOperator> closure = type.bind(first);
                yield closure::close;
            }
            case "close-address" -> new CloseAddress(type);
            case "close-dynamic" -> {
                Closure<ArgumentHandler> closure = dynamic.bind(handler);
                yield closure::close;
            }
            case "call" -> {
                MemorySegment function = type.bind((_, _) -> 6).address();
                yield () -> requireEqual(6, call(function));
            }
            case "call-dynamic" -> {
                MemorySegment function = dynamic.bind((ArgumentHandler) a -> a.setReturn(6)).address();
                yield () -> requireEqual(6, call(function));
            }
            case "exception" -> {
                MemorySegment function = type.bind(FirstUse::throwing).address();
                yield () -> call(function);
            }
            case "exception-dynamic" -> {
                MemorySegment function = dynamic.bind((ArgumentHandler) _ -> throwing(1, 1)).address();
                yield () -> call(function);
            }
            case "use-after-free" -> {
                Closure<IntBinaryOperator> closure = type.bind(first);
                MemorySegment function = closure.address();
                closure.close();
                yield () -> call(function);
            }
            case "use-after-free-dynamic" -> {
                Closure<ArgumentHandler> closure = dynamic.bind(_ -> {});
                MemorySegment function = closure.address();
                closure.close();
                yield () -> call(function);
            }
            default -> throw new AssertionError(name);
        };
    }

    /** Closes one function pointer, until it is closed. */
    private static final class CloseAddress implements Use {
        private final ClosureType<IntBinaryOperator> type;
        private final long address;
        private boolean isClosed;

        CloseAddress(ClosureType<IntBinaryOperator> type) {
            this.type = type;
            this.address = type.bindAddress((a, _) -> a);
        }

        @Override
        public void run() {
            if (!isClosed) {
                type.closeAddress(address);
                isClosed = true;
            }
        }
    }

    private static int throwing(int a, int b) {
        if (a + b < Integer.MAX_VALUE) {
            throw EXCEPTION;
        }
        return 0;
    }

    private static int call(MemorySegment function) {
        return Callers.callRepeatedly(function, 1, 1);
    }

    private void checkAll() {
        for (int i = 0; i < 200; i++) {
            check(type.bind((_, _) -> 6), type.bind(FirstUse::throwing));
            check(dynamic.bind((ArgumentHandler) arguments -> arguments.setReturn(6)),
                    dynamic.bind((ArgumentHandler) _ -> throwing(1, 1)));
            long address = type.bindAddress((_, _) -> 7);
            type.rebindAddress(address, (_, _) -> 8);
            requireEqual(8, call(MemorySegment.ofAddress(address)));
            type.closeAddress(address);
            try (Arena arena = Arena.ofConfined()) {
                requireEqual(9, call(type.bind((_, _) -> 9, arena)));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // it has to be the same
    private void check(Closure<?> six, Closure<?> throwing) {
        MemorySegment function = six.address();
        requireEqual(6, call(function));
        requireEqual(0, call(throwing.address()));
        requireEqual(1, uncaught.size());
        if (uncaught.getFirst() != EXCEPTION) {
            throw new AssertionError("not the exception of the callback", uncaught.getFirst());
        }
        uncaught.clear();
        long before = Salto.statistics().usesAfterFree();
        six.close();
        throwing.close();
        requireEqual(0, call(function));
        requireEqual(before + 1, Salto.statistics().usesAfterFree());
    }

    private static void requireEqual(long expected, long actual) {
        if (expected != actual) {
            throw new AssertionError("%d instead of %d".formatted(actual, expected));
        }
    }
}
