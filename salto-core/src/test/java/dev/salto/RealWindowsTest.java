// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Tests that only a real Windows can pass. The last test changes the process for good, so the
 * class needs a JVM of its own, whose code cache is committed at the start.
 */
@Tag("windows")
@Tag("real-windows")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RealWindowsTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker()
                .downcallHandle(SymbolLookup.libraryLookup("kernel32.dll", Arena.global()).findOrThrow(name), type);
    }

    private static void callMany(int count) {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        MethodHandle call = Linker.nativeLinker().downcallHandle(BINARY);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < count; i++) {
                int own = i;
                assertThat((int) call.invokeExact(type.bind((a, b) -> a + b + own, arena), 1, 2)).isEqualTo(own + 3);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(1)
    void theCopyOfTheImageIsMapped() {
        callMany(1);

        assertThat(Salto.report().mechanism()).isEqualTo(Mechanism.TRAMPOLINES);
        assertThat(Salto.report().problem()).isNull();
    }

    @Test
    @Order(2)
    void aMappedImageCannotBeReplaced() throws IOException {
        callMany(1);
        assumeTrue("file".equals(Salto.report().source()), "the image is no copy in the user's folder");
        Path folder = Path.of(System.getenv("LOCALAPPDATA"), "salto");
        Path image;
        try (Stream<Path> files = Files.list(folder)) {
            image = files.filter(file -> file.toString().endsWith(".dll")).findFirst().orElseThrow();
        }

        assertThatThrownBy(() -> Files.write(image, new byte[1])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Files.delete(image)).isInstanceOf(IOException.class);
        callMany(20_000);
    }

    interface LocaleVisitor {
        int visit(MemorySegment name, int flags, long parameter);
    }

    /** The libraries of Windows check their indirect calls. */
    @Test
    @Order(3)
    void checkedCodeCallsClosures() throws Throwable {
        assumeTrue(!Salto.report().hardening().getOrDefault("controlFlowGuard", "off").equals("off"),
                "Control Flow Guard is off in this process");
        MethodHandle enumerate = function("EnumSystemLocalesEx",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS));
        FunctionDescriptor visitor = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
        for (Tier tier : new Tier[]{Tier.GATE, Tier.DATA_DRIVEN}) {
            int[] calls = {0};
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment closure = CallInterface.prepare(visitor, ClosureOption.tier(tier)).bindBoxed((_, _) -> {
                    calls[0]++;
                    return 1;
                }, arena);
                assertThat((int) enumerate.invokeExact(closure, 0, 0L, MemorySegment.NULL)).isNotZero();
            }
            assertThat(calls[0]).isGreaterThan(10);
        }
    }

    @Test
    @Order(4)
    void tablesGrowUnderArbitraryCodeGuard() throws Throwable {
        int dynamicCode = 2;
        int readWriteExecute = 0x40;
        int commitAndReserve = 0x3000;
        MethodHandle setPolicy = function("SetProcessMitigationPolicy",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
        MethodHandle alloc = function("VirtualAlloc",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT));
        callMany(100);
        try (Arena arena = Arena.ofConfined()) {
            assertThat((int) setPolicy.invokeExact(dynamicCode, arena.allocateFrom(JAVA_INT, 1), 4L)).isNotZero();
        }
        MemorySegment refused = (MemorySegment) alloc.invokeExact(MemorySegment.NULL, 4096L, commitAndReserve,
                readWriteExecute);
        assertThat(refused.address()).as("the system enforces the policy").isZero();

        callMany(50_000);
        assertThat(Salto.report().hardening()).containsEntry("arbitraryCodeGuard", "on");
        assertThat(Salto.report().mechanism()).isEqualTo(Mechanism.TRAMPOLINES);
    }
}
