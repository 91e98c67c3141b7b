// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Java heap that a stub of {@link StaticLinker} takes. */
@Tag("port")
final class StubAllocationTest {
    private static final FunctionDescriptor UNARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    private static final int STUBS = 200;

    @SuppressWarnings("UnusedMethod") // found by its name
    private static int negate(int a) {
        return -a;
    }

    @SuppressWarnings("UnusedMethod") // found by its name
    private static int subtract(int a, int b) {
        return a - b;
    }

    private static MethodHandle find(String name, MethodType type) throws ReflectiveOperationException {
        return MethodHandles.lookup().findStatic(StubAllocationTest.class, name, type);
    }

    private static long bytesOfStub(MethodHandle target) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < STUBS; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                MemorySegment _ = StaticLinker.nativeLinker().upcallStub(target, UNARY, arena);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
        }
        return least;
    }

    /** A stub of the JDK would allocate 600 bytes more. */
    @Test
    void aStubOfADirectMethodHandleAllocatesAsMuchAsThatOfABoundOne() throws Exception {
        MethodHandle direct = find("negate", MethodType.methodType(int.class, int.class));
        MethodHandle bound = MethodHandles.insertArguments(
                find("subtract", MethodType.methodType(int.class, int.class, int.class)), 0, 1);

        assertThat(bytesOfStub(direct)).isEqualTo(bytesOfStub(bound));
    }
}
