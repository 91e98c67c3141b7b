// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** A C library of the system's. It is never unloaded. */
final class Library {
    /** {@code char*}: what comes in can be read to its end. */
    static final AddressLayout STRING = ADDRESS
            .withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));

    /** {@code char**}. */
    static final AddressLayout STRINGS = ADDRESS
            .withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE / STRING.byteSize(), STRING));

    private static final boolean IS_WINDOWS = System.getProperty("os.name").startsWith("Windows");

    /** Names of libraries on Windows. */
    private static final Map<String, String> WINDOWS_NAMES = Map.of("libsqlite3.so.0", "sqlite3.dll", "libz.so.1",
            "zlib1.dll", "libcurl.so.4", "libcurl.dll");

    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private final SymbolLookup symbols;

    private Library(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Opens a library, or ends the test as skipped. To be called for each test, not once in a
     * static field, where the skip would be an error.
     *
     * @param name the name that the dynamic linker of Linux knows it by
     * @param debianPackage the package that has it, for the message
     */
    static Library open(String name, String debianPackage) {
        try {
            String here = IS_WINDOWS ? WINDOWS_NAMES.getOrDefault(name, name) : name;
            return new Library(SymbolLookup.libraryLookup(here, Arena.global()));
        } catch (IllegalArgumentException e) {
            String message = "skipped: %s cannot be loaded; on Debian, install %s".formatted(name, debianPackage);
            if (REPORTED.add(name)) {
                // Surefire counts skipped tests on the console, and leaves out why.
                System.out.println("Tests with a C library are " + message);
            }
            return Assumptions.abort(message);
        }
    }

    /** The address of a function of this library. */
    MemorySegment find(String function) {
        return symbols.findOrThrow(function);
    }

    /** A function of this library. */
    MethodHandle link(String function, FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(find(function), type, options);
    }
}
