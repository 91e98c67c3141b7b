// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.osgi.CallbackBundle;
import dev.salto.osgi.FrameworkHost;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.apache.felix.framework.Felix;
import org.eclipse.osgi.launch.Equinox;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JAR as an OSGi bundle. */
final class BundleIT {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(classes = {Felix.class, Equinox.class})
    void anotherBundleIsCalledBackBySaltosBundle(Class<?> framework) throws Exception {
        ChildJvm child = run(framework, "");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("shared")).isEqualTo("42");
        assertThat(child.value("own")).isEqualTo("13");
        assertThat(child.value("mechanism")).isEqualTo("trampolines");
        assertThat(child.values("bundle")).hasSize(2).allMatch(bundle -> bundle.endsWith(" active"))
                .first().asString().startsWith("dev.salto 0.");
        assertThat(child.value("gates")).as("events, of a class that the bundle does not see").isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(classes = {Felix.class, Equinox.class})
    void eventsAreRecordedIfTheFrameworkDelegatesTheRecordersPackage(Class<?> framework) throws Exception {
        ChildJvm child = run(framework, "jdk.jfr.internal.event");

        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(child.value("gates")).isNotEqualTo("0");
    }

    private ChildJvm run(Class<?> framework, String delegatedPackages) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ChildJvm.NO_FILES);
        // Bundles have class loaders of their own, which make unnamed modules.
        command.addAll(List.of("-Djava.io.tmpdir=" + folder, "--enable-native-access=ALL-UNNAMED", "--class-path",
                ChildJvm.codeSource(framework) + File.pathSeparator + ChildJvm.codeSource(FrameworkHost.class),
                FrameworkHost.class.getName(), folder.resolve("framework").toString(), delegatedPackages,
                PackedLibrary.find().toString(), user().toString()));
        return ChildProcess.run(command, Map.of());
    }

    /** A bundle that uses Salto. */
    private Path user() throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", "user");
        attributes.putValue("Bundle-Activator", CallbackBundle.class.getName());
        attributes.putValue("Import-Package",
                "dev.salto;version=\"[0.1,2)\",jdk.jfr,jdk.jfr.consumer,org.osgi.framework");
        Path jar = folder.resolve("user.jar");
        try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> type : List.of(CallbackBundle.class, CallbackBundle.OWN_INTERFACE)) {
                String name = type.getName().replace('.', '/') + ".class";
                output.putNextEntry(new ZipEntry(name));
                try (InputStream content = Objects.requireNonNull(type.getResourceAsStream("/" + name))) {
                    content.transferTo(output);
                }
            }
        }
        return jar;
    }
}
