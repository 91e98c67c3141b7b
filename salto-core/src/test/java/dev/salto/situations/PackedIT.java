// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.PackedLibrary;
import dev.salto.child.Situation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.loader.launch.JarLauncher;

/** The library packed in other ways than its own: it works, and the report says from where. */
final class PackedIT {
    private static final String[] STEPS = {"bind 10000", "call", "report", "maps"};

    @TempDir
    private Path folder = Path.of("");

    private void assertWorksFrom(Path jar, ChildJvm child) {
        assertThat(child.values("bind")).as("%s", child.output()).containsExactly("done");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.value("source")).isIn("jar", "memfd", "file");
        assertThat(child.value("location")).contains(jar.toString());
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void itsOwnJarOnTheClassPath() throws Exception {
        Path jar = Launch.packedLibrary(folder);

        ChildJvm child = Launch.withClassPath(folder, jar).run(STEPS);

        assertWorksFrom(jar, child);
        assertThat(child.value("source")).isEqualTo(PackedLibrary.usualSource("jar"));
    }

    @Test
    void itsOwnJarMappedInPlace() throws Exception {
        Path jar = Launch.packedLibrary(folder);

        ChildJvm child = Launch.withClassPath(folder, jar).options("-Ddev.salto.text.sources=jar").run(STEPS);

        assertWorksFrom(jar, child);
        assertThat(child.values("mapped")).containsExactly(jar.toString());
    }

    @Test
    void aShadedJarWithOtherClassesCompressedAnew() throws Exception {
        Path jar = folder.resolve("shaded.jar");
        Map<String, byte[]> entries = entriesOf(Launch.packedLibrary());
        entries.keySet().removeIf(name -> name.equals("module-info.class") || name.startsWith("META-INF/"));
        entries.putAll(programs(""));
        write(jar, new Manifest(), entries);

        ChildJvm child = Launch.with("--class-path", jar.toString(), "--enable-native-access=ALL-UNNAMED",
                Situation.class.getName()).run(STEPS);

        assertWorksFrom(jar, child);
    }

    @Test
    void aJarInASpringBootJar() throws Exception {
        Path jar = folder.resolve("application.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, JarLauncher.class.getName());
        manifest.getMainAttributes().putValue("Start-Class", Situation.class.getName());
        manifest.getMainAttributes().putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
        manifest.getMainAttributes().putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
        manifest.getMainAttributes().putValue("Enable-Native-Access", "ALL-UNNAMED");
        Map<String, byte[]> entries = entriesOf(Path.of(Launch.uriOf(JarLauncher.class)));
        entries.keySet().removeIf(name -> name.equals(JarFile.MANIFEST_NAME));
        for (String directory : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
            entries.put(directory, new byte[0]);
        }
        entries.putAll(programs("BOOT-INF/classes/"));
        entries.put("BOOT-INF/lib/salto.jar", Files.readAllBytes(Launch.packedLibrary()));
        write(jar, manifest, entries);

        ChildJvm child = Launch.with("-jar", jar.toString()).run(STEPS);

        assertWorksFrom(jar, child);
        assertThat(child.value("location")).contains("salto.jar");
    }

    private Map<String, byte[]> programs(String prefix) throws IOException {
        return entriesOf(Launch.programs(folder)).entrySet().stream()
                .collect(Collectors.toMap(entry -> prefix + entry.getKey(), Map.Entry::getValue));
    }

    private static Map<String, byte[]> entriesOf(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (ZipEntry entry : file.stream().filter(entry -> !entry.isDirectory()).toList()) {
                try (InputStream content = file.getInputStream(entry)) {
                    entries.put(entry.getName(), content.readAllBytes());
                }
            }
        }
        return entries;
    }

    /** Packs everything, compressed, but for JARs in JARs, which Spring Boot wants stored. */
    private static void write(Path jar, Manifest manifest, Map<String, byte[]> entries) throws IOException {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Map.Entry<String, byte[]> file : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                if (entry.isDirectory() || entry.getName().endsWith(".jar")) {
                    store(entry, file.getValue());
                }
                output.putNextEntry(entry);
                output.write(file.getValue());
            }
        }
    }

    private static void store(ZipEntry entry, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
    }
}
