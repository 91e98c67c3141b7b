// SPDX-License-Identifier: Apache-2.0

package client;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/**
 * Makes upcall stubs in the ways that its arguments name. It prints a line for each: the answer,
 * and whether the stub is code of the JDK.
 */
@SuppressWarnings({"SystemOut", "UnusedMethod"}) // a program; targets are reached through method handles
public final class Client {
    private static final AddressLayout TO_INT = ADDRESS.withTargetLayout(JAVA_INT);
    private static final FunctionDescriptor COMPARISON = FunctionDescriptor.of(JAVA_INT, TO_INT, TO_INT);
    private static final FunctionDescriptor NOTHING = FunctionDescriptor.ofVoid();
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodType STUB = MethodType.methodType(MemorySegment.class, MethodHandle.class,
            FunctionDescriptor.class, Arena.class, Linker.Option[].class);

    private Client() {}

    /** A caller through a functional interface. */
    private interface Stubs {
        MemorySegment make(Linker linker, MethodHandle target, FunctionDescriptor function, Arena arena,
                Linker.Option... options);
    }

    static int compare(MemorySegment a, MemorySegment b) {
        return Integer.compare(a.get(JAVA_INT, 0), b.get(JAVA_INT, 0));
    }

    static void close(Arena arena) {
        arena.close();
    }

    private static MethodHandle find(String name, MethodType type) throws ReflectiveOperationException {
        return MethodHandles.lookup().findStatic(Client.class, name, type);
    }

    public static void main(String[] arguments) throws Throwable {
        for (String argument : arguments) {
            try {
                System.out.println(argument + "=" + run(argument));
            } catch (RuntimeException e) {
                System.out.println(argument + "=" + e);
            }
        }
    }

    private static String run(String argument) throws Throwable {
        return switch (argument) {
            case "call" -> sort((target, function, arena, _) -> LINKER.upcallStub(target, function, arena));
            case "bound" -> sort(LINKER::upcallStub);
            case "reflection" -> sort((target, function, arena, options) -> (MemorySegment) Linker.class
                    .getMethod("upcallStub", STUB.parameterArray()).invoke(LINKER, target, function, arena, options));
            case "handle" -> sort((target, function, arena, options) -> (MemorySegment) MethodHandles.lookup()
                    .findVirtual(Linker.class, "upcallStub", STUB).asFixedArity()
                    .invoke(LINKER, target, function, arena, options));
            case "reference" -> {
                Stubs stubs = Linker::upcallStub;
                yield sort((target, function, arena, options) -> stubs.make(LINKER, target, function, arena, options));
            }
            case "option" -> sort((target, function, arena, _) -> LINKER.upcallStub(target, function, arena,
                    Linker.Option.firstVariadicArg(1)));
            case "wrong" -> sort((_, function, arena, _) -> LINKER.upcallStub(
                    MethodHandles.identity(int.class), function, arena));
            case "many" -> many();
            case "self" -> closesItself();
            default -> throw new IllegalArgumentException(argument);
        };
    }

    /** As {@link Linker#upcallStub}. */
    private interface Maker {
        MemorySegment make(MethodHandle target, FunctionDescriptor function, Arena arena, Linker.Option... options)
                throws Throwable;
    }

    private static String sort(Maker maker) throws Throwable {
        MethodHandle qsort = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("qsort"),
                FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(JAVA_INT, 3, 1, 2);
            MemorySegment order = maker.make(find("compare", COMPARISON.toMethodType()), COMPARISON, arena);
            qsort.invokeExact(numbers, 3L, 4L, order);
            return Arrays.toString(numbers.toArray(JAVA_INT)) + (isStatic(order) ? " static" : " JDK");
        }
    }

    /** Whether an address is in code that is mapped from a file. The JVM's code has none. */
    private static boolean isStatic(MemorySegment stub) throws java.io.IOException {
        for (String line : java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/maps"))) {
            String[] words = line.split(" ", 3);
            String[] range = words[0].split("-", 2);
            if (Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), stub.address()) <= 0
                    && Long.compareUnsigned(stub.address(), Long.parseUnsignedLong(range[1], 16)) < 0) {
                return words[1].startsWith("r-x");
            }
        }
        return false;
    }

    private static String many() throws ReflectiveOperationException {
        MethodHandle target = find("compare", COMPARISON.toMethodType());
        long different = 0;
        try (Arena arena = Arena.ofConfined()) {
            long last = 0;
            for (int i = 0; i < 400_000; i++) {
                long address = LINKER.upcallStub(target, COMPARISON, arena).address();
                different += address == last ? 0 : 1;
                last = address;
            }
        }
        return Long.toString(different);
    }

    private static String closesItself() throws Throwable {
        Arena arena = Arena.ofConfined();
        MethodHandle target = find("close", MethodType.methodType(void.class, Arena.class)).bindTo(arena);
        // A call keeps the arena of its address open, but native code knows no arenas.
        MemorySegment stub = MemorySegment.ofAddress(LINKER.upcallStub(target, NOTHING, arena).address());
        LINKER.downcallHandle(NOTHING).invokeExact(stub);
        return arena.scope().isAlive() ? "open" : "closed";
    }
}
