// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32;

/** The libraries of native callers that the build put beside this class. */
final class NativeLibrary {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_NOEXEC_SEAL = 8;

    /**
     * A folder with the libraries as files, for systems where the build makes none, or where memory
     * files cannot be loaded. It is null elsewhere.
     */
    private static final String FOLDER = System.getProperty("dev.salto.callers");

    static final boolean IS_WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private NativeLibrary() {}

    /**
     * Loads one of the libraries for this architecture, for good.
     *
     * @param suffix what follows the architecture in the file's name
     * @throws UnsupportedOperationException if it was not built for this architecture
     * @throws IllegalStateException if the system does not let it be mapped
     */
    static SymbolLookup load(String suffix) {
        if (FOLDER != null) {
            return SymbolLookup.libraryLookup(Path.of(FOLDER, System.mapLibraryName("callers" + suffix)),
                    Arena.global());
        }
        if (IS_WINDOWS) {
            return SymbolLookup.libraryLookup(kept(suffix), Arena.global());
        }
        try {
            // By its number, so that the path names the same file in a debugger, which opens the
            // libraries of a process too.
            Path process = Path.of("/proc/self").toRealPath();
            int file = memoryFile(fileName(suffix), bytes(suffix));
            return SymbolLookup.libraryLookup(process.resolve("fd", Integer.toString(file)).toString(),
                    Arena.global());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load the native callers: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the native code that calls function pointers here cannot be loaded from a memory file: %s; a security module or filter may forbid it, whatever Salto itself can do (./salto doctor)"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /**
     * One of the libraries for this architecture, as the build made it.
     *
     * @param suffix what follows the architecture in the file's name
     * @throws UnsupportedOperationException if it was not built for this architecture
     */
    static byte[] bytes(String suffix) throws IOException {
        String name = fileName(suffix);
        try (var content = NativeLibrary.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new UnsupportedOperationException("no native callers were built as " + name);
            }
            return content.readAllBytes();
        }
    }

    /** The end of a library's name, as the system shows it. */
    static String shownName(String suffix) {
        return IS_WINDOWS ? fileName(suffix) : "/memfd:" + fileName(suffix);
    }

    private static String fileName(String suffix) {
        String architecture = System.getProperty("os.arch").equals("amd64")
                ? "x86_64"
                : System.getProperty("os.arch");
        return IS_WINDOWS ? architecture + "-windows" + suffix + ".dll" : architecture + suffix + ".so";
    }

    /**
     * A library in a file, whose name has a checksum. Windows cannot remove it while it is loaded,
     * so it stays for the next process.
     */
    private static Path kept(String suffix) {
        try {
            byte[] library = bytes(suffix);
            CRC32 checksum = new CRC32();
            checksum.update(library);
            Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "salto-callers"));
            Path file = folder.resolve("%08x-%s".formatted(checksum.getValue(), fileName(suffix)));
            if (!Files.exists(file)) {
                Path fresh = Files.write(Files.createTempFile(folder, "new", ""), library);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the native callers: " + e.getMessage(), e);
        }
    }

    /**
     * Makes a file in memory.
     *
     * @param label what the kernel calls it
     * @return its descriptor
     */
    static int memoryFile(String label, byte[] content) throws IOException {
        int descriptor = memoryFile(label);
        Files.write(Path.of("/proc/self/fd", Integer.toString(descriptor)), content);
        return descriptor;
    }

    /**
     * Makes an empty file in memory. The dynamic linker wants a file, and one on disk would be left
     * over if the process were killed. Its descriptor is never closed: the dynamic linker knows a
     * library by its path, so the next one must not get the same.
     */
    private static int memoryFile(String name) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle create = linker.downcallHandle(linker.defaultLookup().findOrThrow("memfd_create"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        int descriptor;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment label = arena.allocateFrom(name);
            descriptor = (int) create.invokeExact(label, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
            if (descriptor < 0) {
                // Linux before 6.3 does not know MFD_NOEXEC_SEAL.
                descriptor = (int) create.invokeExact(label, MFD_CLOEXEC);
            }
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
        if (descriptor < 0) {
            throw new IOException("memfd_create(\"%s\") fails; allow it, and raise the limit of open files (ulimit -n)"
                    .formatted(name));
        }
        return descriptor;
    }
}
