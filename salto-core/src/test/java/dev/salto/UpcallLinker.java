// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a function pointer of a method handle. All have to call it alike. */
enum UpcallLinker {
    /** The JDK's own, the reference. */
    JDK {
        @Override
        MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
                Linker.Option... options) {
            return Linker.nativeLinker().upcallStub(target, function, arena, options);
        }
    },
    /** The one that is tested. */
    SALTO {
        @Override
        MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
                Linker.Option... options) {
            note(function);
            return StaticLinker.nativeLinker().upcallStub(target, function, arena, options);
        }
    },
    /** The same, with a gate from the beginning for each type. */
    GATE {
        @Override
        MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
                Linker.Option... options) {
            System.setProperty("dev.salto.gates", "early");
            try {
                return SALTO.upcallStub(target, function, arena, options);
            } finally {
                System.clearProperty("dev.salto.gates");
            }
        }
    },
    /** Closures without a gate. */
    DATA_DRIVEN {
        @Override
        MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
                Linker.Option... options) {
            note(function);
            return bind(CallInterface.prepare(function), target, arena);
        }
    };

    /** The two that have to behave alike in everything else, too. */
    static final List<UpcallLinker> LINKERS = List.of(JDK, SALTO);

    /**
     * Those that a test compares: under emulation without the reference, which hardware and full
     * runs have.
     */
    static List<UpcallLinker> compared() {
        return Sample.isFull() ? List.of(values()) : List.of(GATE, DATA_DRIVEN);
    }

    abstract MemorySegment upcallStub(MethodHandle target, FunctionDescriptor function, Arena arena,
            Linker.Option... options);

    /** A closure without a gate, of any type. */
    static MemorySegment bind(CallInterface type, MethodHandle target, Arena arena) {
        return type.bindBoxed((_, arguments) -> {
            try {
                return target.invokeWithArguments(arguments);
            } catch (Throwable e) {
                throw new IllegalStateException("the target failed", e);
            }
        }, arena);
    }

    /** A stub that calls its target wrongly may end the JVM. This file then has the last stub. */
    private static final Path LAST_STUB = Path.of("target", "last-stub.txt");

    private static void note(@Nullable FunctionDescriptor function) {
        try {
            Files.writeString(LAST_STUB, (function == null ? "null" : Values.describe(function)) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + LAST_STUB, e);
        }
    }
}
