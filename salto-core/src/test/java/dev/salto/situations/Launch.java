// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import dev.salto.ChildJvm;
import dev.salto.ChildProcess;
import dev.salto.PackedLibrary;
import dev.salto.child.Situation;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** How a JVM is started that goes through the steps of {@link Situation}. */
final class Launch {
    /** The image, within the library. */
    static final String IMAGE = "dev/salto/internal/text/libsalto-x86_64.so";

    /**
     * Without these HotSpot maps more writable and executable memory as its code cache grows, which
     * a locked down process must not do.
     */
    static final List<String> CODE_CACHE_OF_FIXED_SIZE = List.of("-XX:InitialCodeCacheSize=64m",
            "-XX:ReservedCodeCacheSize=64m", "-XX:-SegmentedCodeCache");

    /**
     * Without these HotSpot may itself want mappings where there are none left, for its heap or its
     * compilers, and ends the process.
     */
    static final List<String> MEMORY_OF_FIXED_SIZE = Stream
            .concat(CODE_CACHE_OF_FIXED_SIZE.stream(),
                    Stream.of("-Xint", "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"))
            .toList();

    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private final List<String> before = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final List<String> program;
    private final Map<String, @Nullable String> environment = new HashMap<>();

    private Launch(List<String> program) {
        this.program = program;
    }

    /** The packed library, as the build made it. */
    static Path packedLibrary() throws IOException {
        return PackedLibrary.find();
    }

    /** A copy of the packed library in a folder that anybody may enter. */
    static Path packedLibrary(Path folder) throws IOException {
        letEverybodyEnter(folder);
        return Files.copy(packedLibrary(), folder.resolve("salto.jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The contents of the packed library, in a folder that anybody may enter. */
    static Path unpackedLibrary(Path folder) throws IOException {
        letEverybodyEnter(folder);
        Path target = folder.resolve("salto");
        if (Files.exists(target)) {
            return target;
        }
        try (FileSystem jar = FileSystems.newFileSystem(packedLibrary());
                Stream<Path> files = Files.walk(jar.getPath("/"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(file.toString().substring(1));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return target;
    }

    /** A launch with the library on the module path: a JAR or a folder. */
    static Launch withModule(Path folder, Path library) throws IOException {
        return new Launch(List.of("--module-path", library.toString(), "--add-modules", "dev.salto", "--patch-module",
                "dev.salto=" + programs(folder), "--add-reads", "dev.salto=ALL-UNNAMED",
                "--enable-native-access=dev.salto",
                "--module", "dev.salto/" + Situation.class.getName()));
    }

    /** A launch with the library on the module path, and all tests beside it. */
    static Launch withTests(Path library) {
        return new Launch(List.of("--module-path", library.toString(), "--add-modules", "dev.salto", "--patch-module",
                "dev.salto=" + Path.of(uriOf(Situation.class)), "--add-reads", "dev.salto=ALL-UNNAMED", "--add-opens",
                "dev.salto/dev.salto=ALL-UNNAMED", "--enable-native-access=dev.salto,ALL-UNNAMED", "--class-path",
                System.getProperty("java.class.path"), "--module", "dev.salto/" + Situation.class.getName()));
    }

    /** A launch with the library on the class path, in one or more places. */
    static Launch withClassPath(Path folder, Path... library) throws IOException {
        String path = Stream.concat(Stream.of(library), Stream.of(programs(folder)))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        return new Launch(List.of("--class-path", path, "--enable-native-access=ALL-UNNAMED",
                Situation.class.getName()));
    }

    /** A launch in some other way. */
    static Launch with(String... arguments) {
        return new Launch(List.of(arguments));
    }

    /**
     * A JAR with the class {@link Situation} and its helpers, without any other test class. The JVM
     * holds it open, whatever becomes of its path.
     */
    static Path programs(Path folder) throws IOException {
        letEverybodyEnter(folder);
        Path jar = folder.resolve("programs.jar");
        if (!Files.exists(jar)) {
            Path classes = Path.of(uriOf(Situation.class));
            try (ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(jar));
                    Stream<Path> files = Files.list(classes.resolve("dev/salto/child"))) {
                for (Path file : files.toList()) {
                    output.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                    output.write(Files.readAllBytes(file));
                }
            }
        }
        return jar;
    }

    /** Where a class came from. */
    static URI uriOf(Class<?> type) {
        try {
            return type.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new AssertionError("classes have a place", e);
        }
    }

    /** Folders for tests are made for their owner only. */
    private static void letEverybodyEnter(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Adds options for the JVM. */
    Launch options(String... more) {
        return options(List.of(more));
    }

    /** Adds options for the JVM. */
    Launch options(List<String> more) {
        options.addAll(more);
        return this;
    }

    /**
     * Has a command run the rest of the command line; the first one that is given here runs those
     * that follow.
     */
    Launch by(List<String> command) {
        before.addAll(command);
        return this;
    }

    /** Has a command run the rest of the command line. */
    Launch by(String... command) {
        return by(List.of(command));
    }

    /**
     * Runs the rest of the command line as a user without rights. Ends the test as skipped where
     * that user cannot start the JVM.
     */
    static List<String> asNobody() throws IOException, InterruptedException {
        List<String> command = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "--inh-caps=-all");
        assumeRuns("it needs setpriv of util-linux, root, and a JDK that anybody may run",
                withArguments(command, java(), "-version"));
        return command;
    }

    /**
     * Runs the rest of the command line as the same user, who may read only what the mode of a file
     * allows: root, too. Ends the test as skipped where that cannot be.
     */
    static List<String> withoutCapabilities() throws IOException, InterruptedException {
        if (!ProcessHandle.current().info().user().equals(Optional.of("root"))) {
            return List.of();
        }
        List<String> command = List.of("setpriv", "--bounding-set=-all");
        assumeRuns("it needs setpriv of util-linux", withArguments(command, "true"));
        return command;
    }

    /**
     * Runs the rest of the command line with no more descriptors than are soon used up. Ends the
     * test as skipped where that cannot be.
     */
    static List<String> withFewDescriptors() throws IOException, InterruptedException {
        List<String> command = List.of("prlimit", "--nofile=100");
        assumeRuns("it needs prlimit of util-linux", withArguments(command, "true"));
        return command;
    }

    private static List<String> withArguments(List<String> command, String... arguments) {
        return Stream.concat(command.stream(), Stream.of(arguments)).toList();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Sets or, with null, removes a variable of the environment. */
    Launch environment(String name, @Nullable String value) {
        environment.put(name, value);
        return this;
    }

    /** Goes through the steps, and waits for the end. */
    ChildJvm run(String... steps) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.add(java());
        command.addAll(ChildJvm.NO_FILES);
        command.add(ChildJvm.QUICK_START);
        command.addAll(options);
        command.addAll(program);
        command.addAll(List.of(steps));
        return ChildProcess.run(command, environment);
    }

    /**
     * Ends the test as skipped if a command cannot be run, or does not succeed.
     *
     * @param need for the message: what is missing then
     */
    static void assumeRuns(String need, List<String> command) throws IOException, InterruptedException {
        ChildJvm tried = ChildProcess.run(command, Map.of());
        if (tried.exitCode() == 0) {
            return;
        }
        String message = "skipped: %s; %s said: %s".formatted(need, command.getFirst(),
                String.join(" ", tried.output()));
        if (REPORTED.add(message)) {
            // Surefire counts skipped tests on the console, and leaves out why.
            System.out.println("A test of a situation is " + message);
        }
        Assumptions.abort(message);
    }
}
