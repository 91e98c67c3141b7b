// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.spi.ToolProvider;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** JARs whose text images are aligned. */
final class AlignedJarTest {
    private static final String TEXT = "dev/salto/internal/text/";
    private static final String PADDING = "META-INF/padding/";
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 2, 3, 4, 6);

    private final Random random = new Random(42);
    private final Map<String, byte[]> content = new LinkedHashMap<>();

    @TempDir
    private Path folder = Path.of("");

    private Path jar = Path.of("");

    @BeforeEach
    void name() {
        jar = folder.resolve("library.jar");
    }

    private void addManifest(int size) {
        StringBuilder text = new StringBuilder("Manifest-Version: 1.0\nFiller: ");
        while (text.length() < size - 1) {
            text.append(text.length() % 64 == 0 && text.length() < size - 3 ? "\n x" : "x");
        }
        content.put(JarFile.MANIFEST_NAME, text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        assertThat(content.get(JarFile.MANIFEST_NAME)).hasSize(size);
    }

    private void addImage(String architecture, int size, int alignment) {
        addIndex(architecture, "alignment=" + alignment);
        addImage(architecture, size);
    }

    private void addIndex(String architecture, String line) {
        content.put(TEXT + architecture + ".properties", line.getBytes(StandardCharsets.UTF_8));
    }

    private void addImage(String architecture, int size) {
        content.put(TEXT + architecture + ".so", randomBytes(size));
    }

    /**
     * The size of a manifest that leaves that many bytes between it and the place of the image
     * behind it.
     */
    private static int manifestThatLeaves(int space) {
        return 65536 - space - headerSize(JarFile.MANIFEST_NAME) - headerSize(TEXT + "x.so");
    }

    private static int headerSize(String name) {
        return 30 + name.length();
    }

    private void addClass(String name, int size) {
        content.put(name + ".class", randomBytes(size));
    }

    private byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Packs all added entries. Only classes are compressed, so the others have the wanted size. */
    private void pack() throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file : content.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(TIME);
                if (!file.getKey().endsWith(".class")) {
                    CRC32 crc = new CRC32();
                    crc.update(file.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(file.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
    }

    private void align() throws IOException {
        AlignedJar command = new AlignedJar();
        new CommandLine(command).parseArgs("--jar=" + jar);
        assertThat(command.call()).isZero();
    }

    private static boolean isImage(String name) {
        return name.endsWith(".so");
    }

    private static boolean isPadding(String name) {
        return name.startsWith(PADDING);
    }

    private static String paddingOf(String image) {
        return PADDING + image.substring(TEXT.length(), image.length() - ".so".length());
    }

    /** Checks that a JAR is complete, aligned, and readable in each way that JARs are read. */
    private void assertComplete(int alignment) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), true)) {
            List<JarEntry> entries = Collections.list(file.entries());
            List<String> names = entries.stream().map(JarEntry::getName).filter(name -> !isPadding(name)).toList();
            assertThat(names).containsExactlyInAnyOrderElementsOf(content.keySet());
            assertThat(names.stream().filter(name -> !isImage(name)))
                    .containsExactlyElementsOf(content.keySet().stream().filter(name -> !isImage(name)).toList());
            assertThat(entries).extracting(JarEntry::getName).doesNotHaveDuplicates();
            for (JarEntry entry : entries) {
                assertContent(entry, file.getInputStream(entry));
                assertThat(entry.getTimeLocal()).isEqualTo(TIME);
                if (isImage(entry.getName()) || isPadding(entry.getName())) {
                    assertThat(entry.getExtra()).as(entry.getName()).isNull();
                }
            }
            assertThat(file.getManifest()).isNotNull();
        }
        try (JarInputStream stream = new JarInputStream(Files.newInputStream(jar), true)) {
            assertThat(stream.getManifest()).isNotNull();
            int entries = 1;
            for (JarEntry entry = stream.getNextJarEntry(); entry != null; entry = stream.getNextJarEntry()) {
                assertContent(entry, stream);
                entries += isPadding(entry.getName()) ? 0 : 1;
            }
            assertThat(entries).isEqualTo(content.size());
        }
        List<ZipArchiveEntry> images = images();
        assertThat(images).extracting(ZipArchiveEntry::getName)
                .containsExactlyElementsOf(content.keySet().stream().filter(AlignedJarTest::isImage).toList());
        for (ZipArchiveEntry image : images) {
            assertThat(image.getMethod()).isEqualTo(ZipArchiveEntry.STORED);
            assertThat(image.getDataOffset() % alignment).as("%d", image.getDataOffset()).isZero();
            try (InputStream file = Files.newInputStream(jar)) {
                file.skipNBytes(image.getDataOffset());
                assertContent(image, new ByteArrayInputStream(file.readNBytes((int) image.getSize())));
            }
        }
        assertPaddingIsInFrontOfItsImage(alignment);
    }

    private void assertPaddingIsInFrontOfItsImage(int alignment) throws IOException {
        List<ZipArchiveEntry> entries = entries();
        for (int i = 0; i < entries.size(); i++) {
            if (isPadding(entries.get(i).getName())) {
                assertThat(entries.get(i).getName()).isEqualTo(paddingOf(entries.get(i + 1).getName()));
                assertThat(entries.get(i).getMethod()).isEqualTo(ZipArchiveEntry.STORED);
                assertThat(entries.get(i).getSize()).isLessThan(alignment);
            }
        }
    }

    private void assertContent(ZipEntry entry, InputStream found) throws IOException {
        byte[] bytes = found.readAllBytes();
        byte[] expected = isPadding(entry.getName()) ? new byte[bytes.length] : content.get(entry.getName());
        assertThat(Arrays.equals(bytes, expected)).as(entry.getName()).isTrue();
    }

    private List<ZipArchiveEntry> images() throws IOException {
        return entries().stream().filter(entry -> isImage(entry.getName())).toList();
    }

    private List<ZipArchiveEntry> entries() throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            return Collections.list(zip.getEntriesInPhysicalOrder());
        }
    }

    private void assertAlignedAgainIsTheSame() throws IOException {
        byte[] once = Files.readAllBytes(jar);
        align();
        assertThat(Arrays.equals(Files.readAllBytes(jar), once)).isTrue();
    }

    private Stream<String> jarTool(String... arguments) {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        int code = ToolProvider.findFirst("jar").orElseThrow().run(writer, writer, arguments);
        assertThat(code).as("%s", output).isZero();
        return output.toString().lines();
    }

    @Test
    void everyDistanceToTheNextPlaceIsFilled() throws IOException {
        for (int size = 100; size < 100 + 64; size++) {
            checkWithManifestAndImageOf(size, 64);
        }
        for (int space = -10; space <= 100; space++) {
            checkWithManifestAndImageOf(manifestThatLeaves(space), 65536);
        }
    }

    private void checkWithManifestAndImageOf(int size, int alignment) throws IOException {
        content.clear();
        addManifest(size);
        addImage("x", size, alignment);
        addImage("y", 1000, alignment);
        addClass("A", 10);
        addClass("B", 300);
        pack();
        align();
        assertComplete(alignment);
        assertAlignedAgainIsTheSame();
    }

    @Test
    void spaceTooSmallForThePaddingsOwnHeaderTakesTheImageToTheNextPlace() throws IOException {
        int header = headerSize(PADDING + "x");
        for (int space = 0; space <= header + 2; space++) {
            content.clear();
            addManifest(manifestThatLeaves(space));
            addImage("x", 1000, 65536);
            pack();
            align();

            assertComplete(65536);
            boolean usable = space == 0 || space >= header;
            assertThat(images().getFirst().getDataOffset()).as("with a space of %d", space)
                    .isEqualTo(usable ? 65536 : 2 * 65536);
            assertThat(entries().stream().filter(entry -> isPadding(entry.getName())).count())
                    .as("with a space of %d", space).isEqualTo(space == 0 ? 0 : 1);
        }
    }

    @Test
    void anEntryThatWouldLeaveTooLittleSpaceComesBehindTheImage() throws IOException {
        int header = headerSize(PADDING + "x");
        for (int space = 0; space <= header + 2; space++) {
            content.clear();
            addManifest(100);
            addImage("x", 1000, 65536);
            int filled = headerSize(TEXT + "x.properties") + "alignment=65536".length() + 100;
            content.put("licence", randomBytes(manifestThatLeaves(space) - filled - headerSize("licence")));
            addClass("A", 200);
            pack();
            align();

            assertComplete(65536);
            assertThat(images().getFirst().getDataOffset()).isEqualTo(65536);
            boolean before = space == 0 || space >= header;
            assertThat(Files.size(jar) < 70_000).as("with a space of %d", space).isEqualTo(before);
        }
    }

    @Test
    void aJarWithoutImagesIsLeftAlone() throws IOException {
        addManifest(100);
        content.put("elsewhere/x.so", randomBytes(10));
        pack();

        assertLeftAlone("library.jar has no text image in dev/salto/internal/text");
    }

    @Test
    void aJarWithAnImageThatHasNoIndexIsLeftAlone() throws IOException {
        addManifest(100);
        addImage("x", 1000);
        pack();

        assertLeftAlone("there is no index beside dev/salto/internal/text/x.so");
    }

    @Test
    void aJarWithAnIndexThatNamesNoAlignmentIsLeftAlone() throws IOException {
        addManifest(100);
        addIndex("x", "sha256=0");
        addImage("x", 1000);
        pack();

        assertLeftAlone("the index dev/salto/internal/text/x.properties has no alignment");
    }

    private void assertLeftAlone(String message) throws IOException {
        byte[] before = Files.readAllBytes(jar);

        assertThatThrownBy(this::align).isInstanceOf(IOException.class).hasMessageContaining(message);

        assertThat(Files.readAllBytes(jar)).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(jar);
        }
    }

    @Test
    void otherEntriesFillTheSpaceBetweenImages() throws IOException {
        addManifest(124);
        List<String> architectures = List.of("a", "b", "c", "d", "e", "f", "g", "h");
        int classes = 0;
        for (String architecture : architectures) {
            addImage(architecture, 66_000 + random.nextInt(4_000), 65536);
            for (int i = 0; i < 10; i++) {
                addClass("Class" + classes, 200 + random.nextInt(2_500));
                classes++;
            }
        }
        pack();
        align();

        assertComplete(65536);
        assertAlignedAgainIsTheSame();
        assertThat(images()).extracting(ZipArchiveEntry::getDataOffset)
                .containsExactlyElementsOf(LongStream.range(0, 8).mapToObj(i -> (1 + 2 * i) * 65536).toList());
        assertThat(Files.size(jar)).as("ends with the last image").isLessThan((65536 + 7 * 2 * 65536) + 70_000 + 8_000);
        jarTool("--validate", "--file", jar.toString());
    }

    @Test
    void imagesWithSmallerPagesLieCloser() throws IOException {
        addManifest(124);
        addImage("a", 67_000, 4096);
        addImage("b", 67_000, 4096);
        addClass("A", 100);
        pack();
        align();

        assertComplete(4096);
        assertThat(images()).extracting(ZipArchiveEntry::getDataOffset).containsExactly(4096L, 73_728L);
    }

    @Test
    void otherEntriesAreCopiedAsTheyAreCompressed() throws IOException {
        addManifest(124);
        content.put("A.class", new byte[10_000]);
        addImage("x", 67_000, 65536);
        content.put("B.class", new byte[90_000]);
        pack();
        byte[] before = compressed("B.class");
        align();

        assertThat(compressed("B.class")).isEqualTo(before).hasSizeLessThan(1_000);
        assertComplete(65536);
    }

    private byte[] compressed(String name) throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get();
                InputStream raw = zip.getRawInputStream(zip.getEntry(name))) {
            return raw.readAllBytes();
        }
    }

    @Test
    void theManifestComesFirstWhateverItsSize() throws IOException {
        for (int size : new int[]{100, 65_000, 66_000, 200_000}) {
            content.clear();
            addManifest(size);
            addImage("x", 1000, 65536);
            addClass("A", 5000);
            pack();
            align();

            assertComplete(65536);
            try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
                assertThat(zip.getEntriesInPhysicalOrder().nextElement().getName()).isEqualTo(JarFile.MANIFEST_NAME);
            }
        }
    }

    @Test
    void theJarToolValidatesListsAndUpdatesItAndItCanBeAlignedAgain() throws IOException {
        addManifest(124);
        addImage("x", 67_000, 65536);
        addImage("y", 1000, 65536);
        addClass("A", 70_000);
        pack();
        align();
        assertComplete(65536);
        jarTool("--validate", "--file", jar.toString());
        assertThat(jarTool("--list", "--file", jar.toString()).filter(name -> !isPadding(name)))
                .containsExactlyInAnyOrderElementsOf(content.keySet());

        Path added = Files.write(folder.resolve("A.class"), randomBytes(200));
        jarTool("--update", "--date=" + TIME + "Z", "--file", jar.toString(), "-C", folder.toString(), "A.class");
        content.put("A.class", Files.readAllBytes(added));
        align();

        assertComplete(65536);
        assertAlignedAgainIsTheSame();
    }

    @Test
    void paddingThatIsNoLongerNeededGoes() throws IOException {
        addManifest(124);
        addImage("x", 67_000, 65536);
        addClass("A", 100);
        content.put(PADDING + "x", new byte[100]);
        content.put(PADDING + "gone", new byte[100]);
        pack();
        align();

        content.keySet().removeIf(AlignedJarTest::isPadding);
        assertComplete(65536);
        assertThat(entries()).extracting(ZipArchiveEntry::getName).doesNotContain(PADDING + "gone");
    }

    @Test
    void aModuleWithPaddingIsFoundAndLinked() throws Exception {
        addManifest(124);
        content.put("module-info.class", ClassFile.of().buildModule(ModuleAttribute.of(ModuleDesc.of("dev.salto"),
                module -> module.requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null))));
        content.put("dev/salto/A.class", ClassFile.of().build(ClassDesc.of("dev.salto.A"), _ -> {}));
        addImage("x", 67_000, 65536);
        addImage("y", 67_000, 65536);
        pack();
        align();

        assertComplete(65536);
        assertThat(entries()).extracting(ZipArchiveEntry::getName).contains(PADDING + "x", PADDING + "y");
        jarTool("--validate", "--file", jar.toString());
        assertThat(ModuleFinder.of(jar).find("dev.salto").orElseThrow().descriptor().packages())
                .containsExactlyInAnyOrder("dev.salto", "dev.salto.internal.text");

        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        assumeTrue(Files.exists(jlink), "the JDK has no jlink");
        Path linked = folder.resolve("linked");
        int code = run(jlink, "--module-path", jar, "--add-modules", "dev.salto", "--output", linked);
        String output = output();
        assumeTrue(code == 0 || run(jlink, "--add-modules", "java.base", "--output", folder.resolve("base")) == 0,
                "the JDK has a jlink that cannot link the JDK's own modules either");
        assertThat(code).as("%s", output).isZero();
        assertThat(run(linked.resolve("bin", "java"), "--list-modules")).isZero();
        assertThat(output().lines()).contains("dev.salto");
    }

    private int run(Object... command) throws IOException, InterruptedException {
        return new ProcessBuilder(
                Stream.concat(Stream.of("timeout", "120"), Stream.of(command)).map(Object::toString).toList())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start()
                .waitFor();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    @Test
    void theSameJarGivesTheSameBytes() throws IOException {
        addManifest(124);
        addImage("x", 67_000, 65536);
        addClass("A", 70_000);
        pack();
        Path copy = Files.copy(jar, folder.resolve("copy.jar"));
        align();
        Path first = jar;
        jar = copy;
        align();

        assertThat(Files.mismatch(first, copy)).isEqualTo(-1);
        assertThat(Files.getPosixFilePermissions(first)).isEqualTo(Files.getPosixFilePermissions(
                Files.createFile(folder.resolve("any other file"))));
    }
}
