// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** The names of native code. */
public final class NativeSymbols {
    /** {@code Dl_info} of dladdr(3). */
    private static final StructLayout INFO = MemoryLayout.structLayout(
            ADDRESS.withName("fname"), ADDRESS.withName("fbase"), ADDRESS.withName("sname"),
            ADDRESS.withName("saddr"));

    private NativeSymbols() {}

    /** Says which code an address is in, for people: address, function and library, as far as the dynamic linker knows them. */
    public static String describe(long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO);
            if (!SystemCalls.dladdr(address, info)) {
                return "%#x (no library's code; the JVM's own, or made at run time)".formatted(address);
            }
            String library = string(info, "fname");
            long function = word(info, "saddr");
            return function == 0
                    ? "%#x (%s+%#x)".formatted(address, library, address - word(info, "fbase"))
                    : "%#x (%s+%#x in %s)".formatted(address, string(info, "sname"), address - function, library);
        } catch (RuntimeException | LinkageError e) {
            return "%#x".formatted(address);
        }
    }

    private static long word(MemorySegment info, String name) {
        return info.get(ADDRESS, INFO.byteOffset(PathElement.groupElement(name))).address();
    }

    private static String string(MemorySegment info, String name) {
        return MemorySegment.ofAddress(word(info, name)).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /**
     * Calls a function that takes integers and pointers, or nothing, with zeros.
     *
     * @param function its address
     * @return what it returns, as a word
     */
    public static long callWithZeros(long function) {
        return SystemCalls.callWithZeros(function);
    }
}
