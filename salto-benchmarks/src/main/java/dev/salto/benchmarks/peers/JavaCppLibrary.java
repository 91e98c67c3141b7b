// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;
import org.bytedeco.javacpp.tools.CommandExecutor;
import org.bytedeco.javacpp.tools.Logger;
import org.bytedeco.javacpp.tools.ParserException;

/**
 * The C++ side of {@link JavaCppFunctions}: generated and compiled by JavaCPP's builder, with the
 * system's compiler, into a folder where it stays for the next time. JavaCPP keeps its cache there,
 * too.
 */
final class JavaCppLibrary {
    /**
     * The property that names the folder; JavaCPP's own. Without it, JavaCPP would take one in the
     * user's home.
     */
    private static final String FOLDER = "org.bytedeco.javacpp.cachedir";

    private static final List<String> COMPILERS = List.of("g++", "c++", "clang++");

    private JavaCppLibrary() {}

    /**
     * Builds the library, unless the one that is there was built from the same.
     *
     * @throws UnsupportedOperationException if there is no compiler, or none that can compile this
     */
    static void build() {
        Path folder = folder();
        try {
            String origin = digestOfOrigin();
            // Written last, so that a build that was cut short does not count.
            Path stamp = folder.resolve("built-from");
            if (Files.exists(stamp) && Files.readString(stamp).equals(origin)) {
                return;
            }
            Path compiler = findCompiler(System.getenv().getOrDefault("PATH", ""));
            Files.createDirectories(folder);
            Files.deleteIfExists(stamp);
            Files.deleteIfExists(folder.resolve(System.mapLibraryName(JavaCppFunctions.LIBRARY)));
            Files.write(folder.resolve(JavaCppFunctions.HEADER), Resources.read(JavaCppFunctions.HEADER));
            new Builder(new Warnings())
                    .outputDirectory(folder.toFile())
                    .property("platform.compiler", compiler.toString())
                    .property("platform.includepath", folder.toString())
                    .commandExecutor(new LoggedCommands(folder.resolve("compiler-output.txt")))
                    .classesOrPackages(JavaCppFunctions.class.getName())
                    .build();
            Files.writeString(stamp, origin);
        } catch (IOException e) {
            throw new UncheckedIOException("JavaCPP's callbacks could not be compiled into " + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new InterruptedIOException("interrupted while JavaCPP's callbacks were compiled"));
        } catch (ClassNotFoundException | ParserException e) {
            throw new IllegalStateException("JavaCPP could not generate its callbacks", e);
        }
    }

    /** Loads the library, which has been built before. */
    static void load() {
        Properties properties = new Properties();
        properties.putAll(Loader.loadProperties());
        properties.setProperty("platform.preloadpath", folder().toString());
        Loader.load(JavaCppFunctions.class, properties, false);
    }

    private static Path folder() {
        String folder = System.getProperty(FOLDER);
        if (folder == null) {
            throw new UnsupportedOperationException("there is no folder to compile its callbacks into; name one by -D"
                    + FOLDER + "=FOLDER, as ./salto bench does");
        }
        return Path.of(folder).toAbsolutePath();
    }

    /**
     * Finds a C++ compiler.
     *
     * @param path the folders to look into, in the form of the variable {@code PATH}
     * @throws UnsupportedOperationException if there is none
     */
    static Path findCompiler(String path) {
        for (String name : COMPILERS) {
            for (String folder : path.split(File.pathSeparator, -1)) {
                Path file = Path.of(folder).resolve(name).toAbsolutePath();
                if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return file;
                }
            }
        }
        throw new UnsupportedOperationException(
                "no C++ compiler for its callbacks is on the PATH (%s); Debian: apt-get install g++"
                        .formatted(String.join(", ", COMPILERS)));
    }

    /** The sources of the library: the declarations, the header, and JavaCPP. */
    private static String digestOfOrigin() throws IOException {
        List<String> origin = new ArrayList<>(
                List.of(JavaCppFunctions.HEADER, Resources.classFile(JavaCppFunctions.class)));
        Arrays.stream(JavaCppFunctions.class.getDeclaredClasses()).map(Resources::classFile).sorted()
                .forEach(origin::add);
        MessageDigest digest = sha256();
        for (String name : origin) {
            digest.update(Resources.read(name));
        }
        return Loader.getVersion() + " " + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }

    /** Prints warnings and errors, and nothing about what goes well. */
    private static final class Warnings extends Logger {
        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public void info(String message) {
            // Which files are written, and how the compiler is started.
        }
    }

    /** Runs the compiler, with what it prints in a file. */
    private static final class LoggedCommands extends CommandExecutor {
        private final Path output;

        LoggedCommands(Path output) {
            super(new Warnings());
            this.output = output;
        }

        @Override
        public int executeCommand(List<String> command, File folder, Map<String, String> environment)
                throws IOException, InterruptedException {
            ProcessBuilder process = new ProcessBuilder(command).directory(folder).redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            if (environment != null) {
                process.environment().putAll(environment);
            }
            int code = process.start().waitFor();
            if (code != 0) {
                throw new UnsupportedOperationException(
                        "its callbacks could not be compiled: %s ended with %d; what it said is in %s"
                                .formatted(command.getFirst(), code, output));
            }
            return code;
        }
    }
}
