// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import com.sun.management.OperatingSystemMXBean;
import dev.salto.StaticLinker;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.Footprint;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Many types of function with one callback each, which native code calls once: measures the memory
 * and the processor time of the process.
 */
public final class ManyTypes {
    private static final int TYPES = 8_192;
    private static final double MEBIBYTE = 1024 * 1024;

    private static int answered;

    private ManyTypes() {}

    /**
     * Measures.
     *
     * @param arguments the peer: Salto's upcall stubs, which are closures, or the JDK's
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        BiFunction<MethodHandle, FunctionDescriptor, MemorySegment> linker = switch (Peer.valueOf(arguments[0])) {
            case SALTO -> (target, function) -> StaticLinker.nativeLinker().upcallStub(target, function,
                    Arena.global());
            case JDK -> (target, function) -> Linker.nativeLinker().upcallStub(target, function, Arena.global());
            case Peer other -> throw new IllegalArgumentException(other + " is not compared here");
        };
        MethodHandle answer = MethodHandles.lookup().findStatic(ManyTypes.class, "answer",
                MethodType.methodType(int.class));
        for (int i = 0; i < TYPES; i++) {
            FunctionDescriptor function = NewTypes.type(i);
            MethodHandle target = MethodHandles.dropArguments(answer, 0, function.toMethodType().parameterList());
            // All arguments are in registers on x86-64, so the caller may pass any.
            Callers.callEightInts(linker.apply(target, function), 1);
        }
        if (answered != TYPES) {
            throw new IllegalStateException("%d of %d callbacks were called".formatted(answered, TYPES));
        }
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Message.sample(Figure.TYPES_CPU_TIME,
                (double) process.getProcessCpuTime() / TimeUnit.SECONDS.toNanos(1));
        System.gc();
        Message.sample(Figure.TYPES_RESIDENT, Footprint.residentSetBytes() / MEBIBYTE);
        Runtime.getRuntime().halt(0);
    }

    @SuppressWarnings("unused") // found by name
    private static int answer() {
        answered++;
        return 7;
    }
}
