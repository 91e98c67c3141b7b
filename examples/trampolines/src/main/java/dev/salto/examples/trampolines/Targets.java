// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.trampolines;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The functions of {@code targets.c}, which the C compiler of the system compiles at the first use.
 * An application would bring them compiled.
 */
final class Targets {
    private static final SymbolLookup FUNCTIONS = compile();

    private Targets() {}

    /** {@return the address of a function} */
    static MemorySegment address(String function) {
        return FUNCTIONS.findOrThrow(function);
    }

    /** {@return a handle that calls a function} */
    static MethodHandle link(String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(address(function), type);
    }

    private static SymbolLookup compile() {
        try {
            Path folder = Files.createTempDirectory("salto-example-");
            Path source = folder.resolve("targets.c");
            Path library = folder.resolve("libtargets.so");
            try (InputStream code = Objects.requireNonNull(Targets.class.getResourceAsStream("targets.c"))) {
                Files.copy(code, source);
                run(List.of("cc", "-O2", "-fPIC", "-shared", "-nostdlib", "-o", library.toString(),
                        source.toString()));
                return SymbolLookup.libraryLookup(library, Arena.global());
            } finally {
                Files.deleteIfExists(library);
                Files.deleteIfExists(source);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new IllegalStateException("targets.c cannot be compiled; on Debian, install gcc", e);
        }
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(output);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
