// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * clang and lld, unpacked from the JAR of {@code org.bytedeco:llvm}.
 *
 * <p>Four of the JAR's 3,900 files are needed. They are unpacked once, into a folder of the user's
 * cache that is named after the JAR. Two builds at the same time do no harm, because the folder
 * appears complete or not at all.
 */
final class Llvm {
    /** The files to unpack, each with the name that the others know it by. */
    private static final Map<String, String> FILES = Map.of(
            "clang", "clang",
            "lld", "ld.lld",
            "libLLVM.so", "libLLVM.so.20.1",
            "libclang-cpp.so", "libclang-cpp.so.20.1");

    private final Path folder;

    private Llvm(Path folder) {
        this.folder = folder;
    }

    /**
     * Unpacks the tools, unless that was done before.
     *
     * @param jar the JAR of {@code org.bytedeco:llvm} for this host
     * @param cache the folder that keeps unpacked tools
     */
    static Llvm unpack(Path jar, Path cache) throws IOException {
        String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
        Path folder = cache.resolve(name);
        if (!Files.isDirectory(folder)) {
            System.out.println("Unpacking clang and lld into " + folder);
            Files.createDirectories(cache);
            Path fresh = Files.createTempDirectory(cache, name + "-");
            try {
                unpackInto(fresh, jar);
                Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
                // Another build was faster, and its folder is as good.
            } finally {
                if (Files.exists(fresh)) {
                    delete(fresh);
                }
            }
        }
        return new Llvm(folder);
    }

    private static void unpackInto(Path folder, Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries = zip.stream().toList();
            for (Map.Entry<String, String> file : FILES.entrySet()) {
                ZipEntry entry = entries.stream()
                        .filter(e -> e.getName().matches("org/bytedeco/llvm/[^/]+/" + file.getKey()))
                        .findFirst()
                        .orElseThrow(() -> new IOException(jar + " has no entry " + file.getKey()));
                Path path = folder.resolve(file.getValue());
                try (var content = zip.getInputStream(entry)) {
                    Files.copy(content, path);
                }
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            files.map(Path::toFile).forEach(File::delete);
        }
        Files.delete(folder);
    }

    /**
     * Runs a tool and returns what it printed.
     *
     * @param directory where it runs: relative names keep this machine's paths out of what is built
     * @param tool {@code clang} or {@code ld.lld}
     * @throws IOException if the tool fails; the message holds the command and its output
     */
    String run(Path directory, String tool, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(folder.resolve(tool).toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output;
        try (var reader = process.inputReader()) {
            output = String.join("\n", reader.lines().toList());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("%s ended with %d:%n%s".formatted(String.join(" ", command), code, output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + tool, e);
        }
        return output;
    }
}
