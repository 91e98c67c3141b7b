// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages are layers: each uses those below it, and none above it. */
@Tag("host") // the same classes on every architecture
final class LayersTest {
    private static final String API = "dev.salto";

    private static final List<String> BOTTOM_UP = Stream.concat(
            Stream.of("events", "os", "abi", "text", "failure", "table", "data", "gate")
                    .map(API.concat(".internal.")::concat),
            Stream.of(API)).toList();

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(ChildJvm.libraryClasses());

    @Test
    void everyPackageHasItsPlace() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct().filter(name -> !name.isEmpty()))
                .containsExactlyInAnyOrderElementsOf(BOTTOM_UP);
    }

    static Stream<String> packages() {
        return BOTTOM_UP.stream().limit(BOTTOM_UP.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageUsesNoneAboveIt(String name) {
        String[] above = BOTTOM_UP.stream().skip(BOTTOM_UP.indexOf(name) + 1).toArray(String[]::new);
        noClasses().that().resideInAPackage(name).should().dependOnClassesThat().resideInAnyPackage(above)
                .check(CLASSES);
    }

    /** Words that only the package for the operating system may have in its code. */
    @Test
    void onlyOnePackageKnowsTheSystem() throws IOException {
        List<String> found = new ArrayList<>();
        Path sources = Path.of("src/main/java/dev/salto");
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(sources.resolve("internal/os"))).toList()) {
                found.addAll(namesOfTheSystem(file));
            }
        }
        assertThat(found).isEmpty();
    }

    private static List<String> namesOfTheSystem(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return IntStream.range(0, lines.size())
                .filter(i -> !lines.get(i).strip().matches("(\\*|/\\*|//).*"))
                .filter(i -> lines.get(i)
                        .replaceAll("\\b(errno|setErrno)\\(", "") // the public API
                        .matches(".*(mremap|mmap|mprotect|memfd|errno|/proc|/sys|Linux|max_map_count).*"))
                .mapToObj(i -> "%s:%d: %s".formatted(file, i + 1, lines.get(i).strip()))
                .collect(Collectors.toList());
    }
}
