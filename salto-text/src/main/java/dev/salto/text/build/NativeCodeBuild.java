// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The build step that turns assembly and C into the text images, their indexes, and the native
 * callers.
 */
@Command(name = "native-code-build", mixinStandardHelpOptions = true,
        description = "Builds the text image of every architecture, its index, and the native callers.")
final class NativeCodeBuild implements Callable<Integer> {
    /** Where the images lie among the resources of {@code dev.salto}. */
    static final Path TEXT_PACKAGE = Path.of("dev", "salto", "internal", "text");

    private static final Path CALLERS_PACKAGE = Path.of("dev", "salto", "text", "callers");

    /**
     * A library of native callers.
     *
     * @param suffix what follows the architecture in its file's name
     * @param optimisation the compiler's option
     * @param source the file it is compiled from, in {@code callers/}
     */
    private record CallersLibrary(String suffix, String optimisation, String source) {
        private static final List<CallersLibrary> ALL = List.of(
                new CallersLibrary("", "-O2", "callers.c"),
                new CallersLibrary("-libffi", "-O2", "libffi.c"),
                new CallersLibrary("-constructor", "-O2", "constructor.c"),
                new CallersLibrary("-exit", "-O2", "exit.c"),
                new CallersLibrary("-leaving", "-O2", "leaving.c"),
                new CallersLibrary("-signatures-O0", "-O0", "signatures.c"),
                new CallersLibrary("-signatures-O2", "-O2", "signatures.c"),
                new CallersLibrary("-extended-O0", "-O0", "extended.c"),
                new CallersLibrary("-extended-O2", "-O2", "extended.c"),
                new CallersLibrary("-structs-O0", "-O0", "structs.c"),
                new CallersLibrary("-structs-O2", "-O2", "structs.c"),
                new CallersLibrary("-arm-conventions-O0", "-O0", "arm-conventions.c"),
                new CallersLibrary("-arm-conventions-O2", "-O2", "arm-conventions.c"),
                new CallersLibrary("-conventions-O0", "-O0", "conventions.c"),
                new CallersLibrary("-conventions-O2", "-O2", "conventions.c"));
    }

    /**
     * The largest page of any architecture. Architectures with only smaller pages have an option
     * for the linker, and their images need less room in the JAR.
     */
    private static final String LARGEST_PAGE = "max-page-size=0x10000";

    private static final String EVERY_ARCHITECTURE = "all";

    /**
     * The linker's options for a PE image. It can be mapped anywhere, because it has nothing to
     * relocate. Offsets in the file are distances from the beginning of a view. Unwind information
     * is a part of the code's section, so it is checked with the code.
     */
    private static final List<String> PE_IMAGE = List.of("-flavor", "link", "/dll", "/noentry", "/noimplib",
            "/nodefaultlib", "/machine:x64", "/dynamicbase", "/highentropyva", "/base:0x180000000", "/filealign:4096",
            "/merge:.rdata=.text", "/merge:.pdata=.text", "/debug:symtab", "/timestamp:0");

    /** The linker's options for callers as PE files: no start-up code, no date. */
    private static final List<String> PE_LIBRARY = List.of("--entry=", "--no-insert-timestamp");

    @Option(names = "--llvm", required = true, description = "the JAR of org.bytedeco:llvm for this host")
    private Path llvmJar = Path.of("");

    @Option(names = "--sources", required = true, description = "the folder that holds asm/ and callers/")
    private Path sources = Path.of("");

    @Option(names = "--text", required = true, description = "the folder that gets the text images")
    private Path text = Path.of("");

    @Option(names = "--callers", required = true, description = "the folder that gets the native callers")
    private Path callers = Path.of("");

    @Option(names = "--callers-for", defaultValue = EVERY_ARCHITECTURE,
            description = "the architecture that gets native callers (default: ${DEFAULT-VALUE})")
    private String callersFor = EVERY_ARCHITECTURE;

    @Option(names = "--cache", description = "the folder that keeps clang and lld (default: $XDG_CACHE_HOME/salto)")
    private @Nullable Path cache;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new NativeCodeBuild()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path stamp = text.resolveSibling(text.getFileName() + ".sha256");
        String inputs = digestOfInputs();
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs) && callersAreThere()) {
            System.out.println("Native code is up to date");
            return 0;
        }
        Llvm llvm = Llvm.unpack(llvmJar, cache != null ? cache : userCache());
        try {
            architectures().parallelStream().forEach(architecture -> build(llvm, architecture));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.writeString(stamp, inputs);
        return 0;
    }

    private void build(Llvm llvm, String architecture) {
        try {
            buildTextImage(llvm, architecture);
            if (hasCallers(architecture)) {
                for (CallersLibrary library : CallersLibrary.ALL) {
                    buildCallers(llvm, architecture, library);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder for unpacked tools, unless one is named. */
    static Path userCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return caches.resolve("salto");
    }

    /** An architecture is supported when it has a {@code .S} file. */
    private List<String> architectures() throws IOException {
        try (Stream<Path> files = Files.list(sources.resolve("asm"))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".S"))
                    .map(f -> f.substring(0, f.length() - 2))
                    .sorted()
                    .toList();
        }
    }

    private void buildTextImage(Llvm llvm, String architecture) throws IOException {
        Path folder = Files.createDirectories(text.resolve(TEXT_PACKAGE));
        ImageFormat format = ImageFormat.of(architecture);
        // The name that it has when it is installed beside other libraries.
        Path image = folder.resolve("libsalto-" + architecture + format.suffix());
        Path asm = sources.resolve("asm");
        Path scratch = Files.createTempDirectory(text.toAbsolutePath().getParent(), "salto-text-");
        Path object = scratch.resolve("text.o");
        Path script = scratch.resolve("text.ld");
        try {
            llvm.run(asm, "clang", join(target(architecture), "-c", architecture + ".S", "-o", object.toString()));
            List<String> link = new ArrayList<>();
            if (format == ImageFormat.ELF) {
                llvm.run(asm, "clang", join(target(architecture), "-E", "-P", "-x", "c", "text-image.ld", "-o",
                        script.toString()));
                link.addAll(List.of("-shared", "-T", script.toString(), "-z", LARGEST_PAGE,
                        "-z", "rodynamic", "--orphan-handling=error"));
                link.addAll(linkOptions());
                link.addAll(words(architecture, "lld"));
                link.addAll(List.of("-o", image.toString(), object.toString()));
            } else {
                link.addAll(PE_IMAGE);
                link.addAll(List.of("/out:" + image, object.toString()));
            }
            llvm.run(asm, "ld.lld", link);
        } finally {
            Files.deleteIfExists(object);
            Files.deleteIfExists(script);
            Files.delete(scratch);
        }

        SortedMap<String, String> index = TextImageIndex.read(architecture, Files.readAllBytes(image));
        index.put("image", image.getFileName().toString());
        StringBuilder lines = new StringBuilder("""
                # SPDX-License-Identifier: Apache-2.0
                # Made by the build from the text image beside it.
                """);
        index.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
        Files.writeString(folder.resolve("libsalto-" + architecture + ".properties"), lines);
        System.out.printf(
                "Text image %-14s %s trampolines of %s bytes, %s by index of %s bytes, sha256 %.16s...%n",
                architecture, index.get("layout.trampoline_count"), index.get("layout.trampoline_size"),
                index.get("layout.index_trampoline_count"), index.get("layout.index_trampoline_size"),
                index.get("sha256"));
    }

    private void buildCallers(Llvm llvm, String architecture, CallersLibrary library) throws IOException {
        Path file = file(architecture, library);
        Files.createDirectories(file.getParent());
        Path folder = sources.resolve("callers");
        List<String> arguments = new ArrayList<>(join(target(architecture), library.optimisation(), "-fPIC",
                "-ffreestanding", "-nostdlib", "-shared", "-fuse-ld=lld", "-Wall", "-Wextra", "-Werror",
                "-DSCRATCH_REGISTER=\"%s\"".formatted(scratchRegister(architecture)), library.source(), "-o",
                file.toString()));
        arguments.addAll(words(folder.resolve(library.source()), "clang for " + architecture));
        List<String> options = ImageFormat.of(architecture) == ImageFormat.ELF ? linkOptions() : PE_LIBRARY;
        options.forEach(option -> arguments.addAll(List.of("-Xlinker", option)));
        llvm.run(folder, "clang", arguments);
    }

    private Path file(String architecture, CallersLibrary library) {
        return callers.resolve(CALLERS_PACKAGE)
                .resolve(architecture + library.suffix() + ImageFormat.of(architecture).suffix());
    }

    private boolean hasCallers(String architecture) {
        return callersFor.equals(EVERY_ARCHITECTURE) || callersFor.equals(architecture);
    }

    private boolean callersAreThere() throws IOException {
        return architectures().stream().filter(this::hasCallers).allMatch(architecture -> CallersLibrary.ALL.stream()
                .allMatch(library -> Files.exists(file(architecture, library))));
    }

    /** The linker's options for both kinds of shared objects. */
    private static List<String> linkOptions() {
        return List.of("--build-id=sha1", "--hash-style=gnu", "--eh-frame-hdr", "--no-undefined",
                "--discard-locals", "-z", "noexecstack");
    }

    /** The options of clang for an architecture. */
    private List<String> target(String architecture) throws IOException {
        return required(architecture, "clang");
    }

    /** In which register a target finds the data of a trampoline. */
    private String scratchRegister(String architecture) throws IOException {
        return required(architecture, "scratch register").getFirst();
    }

    private List<String> required(String architecture, String key) throws IOException {
        List<String> words = words(architecture, key);
        if (words.isEmpty()) {
            throw new IOException("%s.S has no line \"%s: ...\" in its first comment".formatted(architecture, key));
        }
        return words;
    }

    private List<String> words(String architecture, String key) throws IOException {
        return words(sources.resolve("asm").resolve(architecture + ".S"), key);
    }

    /**
     * Returns the text of the line "key: ..." says in the comment at the head of a file; empty if
     * there is none.
     */
    private static List<String> words(Path file, String key) throws IOException {
        Matcher line = Pattern.compile("^ \\* +" + key + ": (\\S.*?) *$", Pattern.MULTILINE)
                .matcher(Files.readString(file));
        return line.find() ? List.of(line.group(1).split(" +")) : List.of();
    }

    private static List<String> join(List<String> first, String... others) {
        return Stream.concat(first.stream(), Stream.of(others)).toList();
    }

    /** Covers the sources, the tools and the classes of this build step itself. */
    private String digestOfInputs() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(llvmJar.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        for (Path folder : List.of(sources.resolve("asm"), sources.resolve("callers"), ownClasses())) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).filter(f -> !ImageFormat.isNative(f)).sorted()
                        .toList()) {
                    bytes.write(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                    bytes.write(Files.readAllBytes(file));
                }
            }
        }
        return HexFormat.of().formatHex(TextImageIndex.sha256(bytes.toByteArray()));
    }

    private static Path ownClasses() {
        try {
            return Path.of(NativeCodeBuild.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the build's own classes are not in a folder", e);
        }
    }
}
