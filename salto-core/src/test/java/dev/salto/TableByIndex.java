// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.data.UniversalGate;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.table.ExitCode;
import dev.salto.internal.table.SlotIds;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import dev.salto.internal.text.TextIndex.CodeByIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A table of code by index. It stays mapped.
 *
 * @param entry the entry that its trampolines lead to
 */
record TableByIndex(IndexTableMemory memory, String entry) {
    private static final Port PORT = Ports.thisJvm().orElseThrow();

    /** The place of the trampoline that leads to a closure. */
    private static final int PLACE_OF_CLOSURE = 5;

    static TextImage image() {
        try {
            return TextImage.get();
        } catch (TextImageException e) {
            throw new AssertionError("there is a text image for this JVM", e);
        }
    }

    static CodeByIndex code() {
        return image().index().byIndex();
    }

    private static TableByIndex map(String entry, int first, long gate, long stackSize, long universal) {
        try {
            return new TableByIndex(
                    image().mapIndexTable(code().header(code().entry(entry), first, gate, stackSize, universal)),
                    entry);
        } catch (OsException e) {
            throw new AssertionError("there is room for a table", e);
        }
    }

    /**
     * Maps a table for a function's callbacks.
     *
     * @param first the hidden argument of the first trampoline
     * @param target takes what callers pass, and the hidden argument
     * @param arena how long the gate lives
     */
    static TableByIndex of(FunctionDescriptor function, int first, MethodHandle target, Arena arena) {
        TrailingArgument place = PORT.trailingArgument(function);
        return map(place.entry("append_"), first, gate(function, target, arena), place.stackSize(), 0);
    }

    /** Makes a gate for a function. */
    static long gate(FunctionDescriptor function, MethodHandle target, Arena arena) {
        return Linker.nativeLinker().upcallStub(target, withHiddenArgument(function), arena).address();
    }

    /**
     * Makes a function pointer that is called like a trampoline: a stub of the JDK. If stubs look
     * for stack arguments in the wrong place, it is one of the static linker.
     */
    static MemorySegment reference(FunctionDescriptor function, MethodHandle target, Arena arena) {
        return PORT.callsFromFrame()
                ? StaticLinker.nativeLinker().upcallStub(target, function, arena)
                : Linker.nativeLinker().upcallStub(target, function, arena);
    }

    static FunctionDescriptor withHiddenArgument(FunctionDescriptor function) {
        return function.appendArgumentLayouts(JAVA_INT);
    }

    /** Returns one more function pointer that leads to a data-driven closure. */
    static MemorySegment leadingTo(MemorySegment closure, Abi abi) {
        return map(abi.convention().entry(), SlotIds.of(closure) - PLACE_OF_CLOSURE, 0, 0, UniversalGate.address())
                .trampoline(PLACE_OF_CLOSURE);
    }

    /** Returns one more function pointer that answers like a closure when the process ends. */
    static MemorySegment answeringAtExit(MemorySegment closure, Abi abi) {
        return map(abi.convention().entry(), SlotIds.of(closure) - PLACE_OF_CLOSURE, 0, 0, ExitCode.gate())
                .trampoline(PLACE_OF_CLOSURE);
    }

    static int capacity() {
        return code().trampolineCount();
    }

    MemorySegment trampoline(int index) {
        return MemorySegment.ofAddress(code().trampoline(memory.code(), index));
    }

    void setGate(long gate) throws OsException {
        memory.setHeaderWord(code().headerGate(), gate);
    }
}
