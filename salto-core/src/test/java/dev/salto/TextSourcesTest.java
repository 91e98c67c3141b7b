// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every source that the text image can come from, each in a JVM of its own, with a copy of the
 * library.
 */
@Tag("host")
final class TextSourcesTest {
    private static final String ALLOWED = "--enable-native-access=dev.salto,ALL-UNNAMED";

    /** One property away from the order that applies otherwise. */
    private static final String IN_PLACE_FIRST = "-Ddev.salto.text.sources=installed,class-folder,jar,memfd";

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // JUnit calls copyTheLibrary before each test
    private LibraryCopy library;

    @BeforeEach
    void copyTheLibrary() throws IOException {
        library = LibraryCopy.into(folder.resolve("the library"));
    }

    private static ChildJvm tryCallback(Path library, String... options) throws IOException, InterruptedException {
        return ChildJvm.run(library, "TryCallback",
                Stream.concat(Stream.of(ALLOWED, ChildJvm.QUICK_START), Stream.of(options)).toArray(String[]::new));
    }

    private static void assertWorks(ChildJvm child, String source, String location) {
        assertThat(child.output()).contains("supported=true", "answer=42");
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.value("source")).isEqualTo(source);
        assertThat(child.value("location")).contains(location);
        assertThat(child.value("writableExecutable")).isEqualTo("false");
        assertThat(child.exitCode()).isZero();
    }

    private static boolean mentions(ChildJvm child, String... words) {
        String output = String.join("\n", child.output());
        return Stream.of(words).allMatch(output::contains);
    }

    private Path elsewhere() {
        return folder.resolve("elsewhere");
    }

    private Path imageElsewhere() throws IOException {
        return Files.copy(library.image(), Files.createDirectory(elsewhere()).resolve(LibraryCopy.IMAGE_NAME));
    }

    @Test
    void theFileThatAPropertyNamesComesFirst() throws Exception {
        Path file = Files.move(imageElsewhere(), folder.resolve("code of Salto"));

        ChildJvm child = tryCallback(library.folder(), "-Ddev.salto.text=" + file);

        assertWorks(child, "property", file.toString());
        assertThat(child.output()).noneMatch(line -> line.startsWith("tried."));
    }

    @Test
    void aNamedFileThatCannotBeUsedIsWarnedOf() throws Exception {
        ChildJvm child = tryCallback(library.folder(),
                "-Ddev.salto.text=" + folder.resolve("nothing"));

        assertWorks(child, PackedLibrary.usualSource("class-folder"), LibraryCopy.IMAGE_NAME);
        assertThat(mentions(child, "WARNING", "-Ddev.salto.text", "no such file", "comes from")).isTrue();
    }

    @Test
    void aDamagedNamedFileIsWarnedOfAndNotUsed() throws Exception {
        Path file = imageElsewhere();
        byte[] damaged = Files.readAllBytes(file);
        damaged[0x3000] ^= 1;
        Files.write(file, damaged);

        ChildJvm child = tryCallback(library.folder(), "-Ddev.salto.text=" + file);

        assertWorks(child, PackedLibrary.usualSource("class-folder"), LibraryCopy.IMAGE_NAME);
        assertThat(mentions(child, "WARNING", file.toString(), "damaged")).isTrue();
        assertThat(child.value("tried.property")).contains("damaged");
    }

    @Test
    void anInstalledLibraryIsFoundInTheLibraryPath() throws Exception {
        Path file = imageElsewhere();

        ChildJvm child = tryCallback(library.folder(),
                "-Djava.library.path=/nowhere:" + elsewhere());

        assertWorks(child, "installed", file.toString());
        assertThat(child.value("tried.property")).contains("not set");
    }

    /** Without the image beside the classes, its digest decides. */
    @Test
    void anInstalledLibraryIsCheckedWhereTheImageWasDroppedFromTheClasses() throws Exception {
        Path file = imageElsewhere();
        Files.delete(library.image());
        String installed = "-Djava.library.path=" + elsewhere();

        assertWorks(tryCallback(library.folder(), installed), "installed", file.toString());

        byte[] damaged = Files.readAllBytes(file);
        damaged[0x3000] ^= 1;
        Files.write(file, damaged);
        ChildJvm child = tryCallback(library.folder(), installed);

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("tried.installed")).contains("damaged");
        assertThat(child.value("tried.memfd")).contains("missing");
    }

    /** Java cannot name it then, but it is only one of many folders. */
    @ParameterizedTest
    @ValueSource(strings = {"-Djava.library.path=", "-Djava.io.tmpdir=", "-Duser.home=", "-Ddev.salto.text=",
        "-Ddev.salto.text.folder="})
    void aFolderWhoseCharactersTheLocaleLacksDoesNotStopTheSearch(String property) throws Exception {
        Path chosen = Files.createDirectory(folder.resolve("chosen"));
        // The octal code stands for a letter that is not in the locale of this JVM either, perhaps.
        List<String> command = new ArrayList<>(List.of("bash", "-e", "-c",
                "odd=$1$(printf '/m\\303\\274sli'); shift; exec \"${@//@odd@/\"$odd\"}\"", "odd",
                folder.toString()));
        command.addAll(ChildJvm.command(library.folder(), "TryCallback", ALLOWED, property + "@odd@",
                "-Ddev.salto.text.sources=property,installed,file,memfd"));

        ChildJvm child = ChildProcess.run(command,
                Map.of("LC_ALL", "C", "XDG_RUNTIME_DIR", chosen.toString()));

        assertThat(child.output()).contains("supported=true", "answer=42");
    }

    @Test
    void anInstalledLibraryIsFoundInAnImageOfJlink() throws Exception {
        imageElsewhere();
        Path jmod = folder.resolve("dev.salto.jmod");
        run("jmod", "create", "--class-path", library.folder().toString(), "--libs", elsewhere().toString(),
                jmod.toString());
        Path runtime = folder.resolve("runtime");
        run("jlink", "--module-path", jmod.toString(), "--add-modules", "dev.salto", "--output",
                runtime.toString());

        ChildJvm child = ChildJvm.runIn(runtime, "TryCallback", ALLOWED);

        assertWorks(child, "installed", runtime.resolve("lib").resolve(LibraryCopy.IMAGE_NAME).toString());
    }

    @Test
    void anImageOfJlinkWithoutTheInstalledLibraryUsesACopyInMemory() throws Exception {
        Path runtime = folder.resolve("runtime");
        run("jlink", "--module-path", library.packed().toString(), "--add-modules", "dev.salto",
                "--output", runtime.toString());

        ChildJvm child = ChildJvm.runIn(runtime, "TryCallback", ALLOWED);

        assertWorks(child, "memfd", LibraryCopy.IMAGE_NAME);
        assertThat(child.value("location")).contains("jrt:/dev.salto");
    }

    /**
     * Runs a tool of the JDK, in a process of its own: jlink refuses to work in a JVM with patched
     * modules.
     */
    private static void run(String tool, String... arguments) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", tool);
        assumeTrue(Files.isExecutable(program), () -> "the JDK that runs the tests has no " + tool);
        ChildJvm end = ChildProcess.run(
                Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toArray(String[]::new));
        assertThat(end.exitCode()).as("%s", end.output()).isZero();
    }

    /**
     * A file in a class folder, or a JAR, that is overwritten in place while it is mapped ends the
     * process.
     */
    @Test
    void aSealedCopyInMemoryComesBeforeFilesThatAreMappedInPlace() throws Exception {
        for (Path place : List.of(library.folder(), library.packed())) {
            ChildJvm child = tryCallback(place);

            assertWorks(child, PackedLibrary.usualSource("class-folder"), LibraryCopy.IMAGE_NAME);
            assertThat(child.value("tried.installed")).contains(LibraryCopy.IMAGE_NAME, "java.library.path");
        }
    }

    @Test
    void itIsMappedFromAClassFolder() throws Exception {
        ChildJvm child = tryCallback(library.folder(), IN_PLACE_FIRST);

        assertWorks(child, "class-folder", library.image().toString());
        assertThat(child.value("tried.installed")).contains(LibraryCopy.IMAGE_NAME, "java.library.path");
    }

    @Test
    void aJarThatIsCompressedIsPassedOver() throws Exception {
        ChildJvm child = tryCallback(library.packed(), IN_PLACE_FIRST);

        assertWorks(child, "memfd", LibraryCopy.IMAGE_NAME);
        assertThat(child.value("tried.jar")).contains("the library.jar", "compressed",
                "keep the JAR of Salto as it is");
        assertThat(child.value("tried.class-folder")).contains("in a JAR");
    }

    @Test
    void aJarThatIsNotAlignedIsPassedOver() throws Exception {
        ChildJvm child = tryCallback(library.stored(), IN_PLACE_FIRST);

        assertWorks(child, "memfd", LibraryCopy.IMAGE_NAME);
        assertThat(child.value("tried.jar")).contains("the library.jar", "page size", "keep the JAR of Salto as it is");
    }

    @Test
    void aPrivateFileIsGoneAgainAtOnce() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));

        ChildJvm child = tryCallback(library.packed(), "-Ddev.salto.text.sources=file",
                "-Djava.io.tmpdir=" + temporary);

        assertWorks(child, "file", temporary.toString());
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void thePrivateFileGoesIntoTheFolderThatTheUserChose() throws Exception {
        Path chosen = Files.createDirectory(folder.resolve("chosen"));

        assertWorks(tryCallback(library.packed(), "-Ddev.salto.text.sources=file",
                "-Ddev.salto.text.folder=" + chosen), "file", chosen.toString());
    }

    @Test
    void aFolderThatIsNotThereIsNamed() throws Exception {
        ChildJvm child = tryCallback(library.packed(), "-Ddev.salto.text.sources=file",
                "-Ddev.salto.text.folder=" + folder.resolve("nowhere"));

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("message")).contains("there is no folder", "nowhere", "-Ddev.salto.text.folder");
    }

    @Test
    void theUserSaysWhichSourcesInWhichOrder() throws Exception {
        ChildJvm child = tryCallback(library.folder(),
                "-Ddev.salto.text.sources=jar, memfd,class-folder");

        assertWorks(child, "memfd", LibraryCopy.IMAGE_NAME);
        assertThat(child.output().stream().filter(line -> line.startsWith("tried."))).hasSize(1);
    }

    @Test
    void aSourceThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        ChildJvm child = tryCallback(library.folder(),
                "-Ddev.salto.text.sources=class-folder,floppy");

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(child.value("message")).contains("floppy", "property, installed, memfd, class-folder, jar, file");
    }

    @Test
    void aRefusalListsAllThatWasTried() throws Exception {
        Files.delete(library.image());

        ChildJvm child = tryCallback(library.folder());

        assertThat(child.value("supported")).isEqualTo("false");
        assertThat(List.of("property", "installed", "class-folder", "jar", "memfd", "file"))
                .allSatisfy(source -> assertThat(child.value("message")).contains(" " + source + " "));
    }
}
