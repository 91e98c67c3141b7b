// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.Salto;
import java.io.IOException;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The code in README.md and in the pages of {@code docs}. Programs are compiled and run as they are
 * printed. This module has the other libraries of which the pages have programs.
 */
final class PagesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern PUBLIC_CLASS = Pattern.compile("(?m)^public (?:final )?class (\\w+)");
    private static final Pattern JVM_OPTION = Pattern.compile("-XX:[^\\s`]+");
    private static final Pattern NUMBER = Pattern.compile("\\b\\d+(?:[,.]\\d+)*\\b");
    private static final Pattern VERSION = Pattern.compile("<groupId>dev\\.salto</groupId>\\s*"
            + "<artifactId>[^<]*</artifactId>\\s*<version>(\\d+\\.\\d+\\.\\d+(?:-SNAPSHOT)?)</version>");
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-f]{6}");
    private static final Pattern MEMBER = Pattern.compile("\\b([A-Z]\\w+)\\.([a-zA-Z]\\w*)");

    /**
     * A program of a page.
     *
     * @param name of its class, or of its file
     * @param output the block behind it, if that is a text; otherwise empty
     * @param options options of the JVM that the page names for its programs
     */
    record Program(String language, String name, String source, List<String> output, List<String> options) {}

    private static Stream<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), files.filter(file -> file.toString()
                    .endsWith(".md")).sorted().toList().stream());
        }
    }

    private static Stream<Named<Program>> programs() throws IOException {
        List<Named<Program>> programs = new ArrayList<>();
        for (Path page : pages().toList()) {
            String text = Files.readString(page);
            List<MatchResult> blocks = BLOCK.matcher(text).results().toList();
            List<String> options = page.endsWith("lockdown.md")
                    ? JVM_OPTION.matcher(text).results().map(MatchResult::group).distinct().toList()
                    : List.of();
            for (int i = 0; i < blocks.size(); i++) {
                String language = blocks.get(i).group(1);
                String source = blocks.get(i).group(2);
                Matcher name = PUBLIC_CLASS.matcher(source);
                boolean isJava = language.equals("java") && source.contains("void main(") && name.find();
                boolean isC = language.equals("c") && source.contains("int main(");
                if (isJava || isC) {
                    boolean hasOutput = i + 1 < blocks.size() && blocks.get(i + 1).group(1).equals("text");
                    List<String> output = hasOutput ? blocks.get(i + 1).group(2).lines().toList() : List.of();
                    Program program = new Program(language, isJava ? name.group(1) : "program", source, output,
                            options);
                    programs.add(Named.of(ROOT.relativize(page) + ": " + program.name(), program));
                }
            }
        }
        return programs.stream();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aProgramOfAPageRunsAsItIsPrinted(Program program, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve(program.name() + "." + program.language()), program.source());
        List<String> output = new ArrayList<>();
        if (program.language().equals("java")) {
            ChildJvm.End end = ChildJvm.run(file.toString(), program.options(), List.of(), LONGEST, output::add);
            assumeFalse(end.describe().contains("this kernel has no"), end.describe());
            assertThat(end.isGood()).as(end.describe()).isTrue();
        } else {
            assumeTrue(run(new ArrayList<>(), "cc", "-E", "-include", "ffi.h", "-x", "c", "/dev/null") == 0,
                    "there is no C compiler, or no ffi.h; install gcc and libffi-dev");
            Path executable = folder.resolve(program.name());
            assertThat(run(output, "cc", "-Wall", "-Werror", "-o", executable.toString(), file.toString(), "-lffi"))
                    .as("the compiler says %s", output).isZero();
            output.clear();
            assertThat(run(output, executable.toString())).isZero();
        }
        assertThat(output).isEqualTo(program.output());
    }

    @Test
    void theReadmeHasAProgramAndSoHasTheFirstPage() throws IOException {
        assertThat(programs().map(Named::getName)).anyMatch(name -> name.startsWith("README.md"))
                .anyMatch(name -> name.startsWith("docs/getting-started.md"));
    }

    @Test
    void theReadmeHasAtMost150Lines() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md")).size()).isLessThanOrEqualTo(150);
    }

    @Test
    void theFiguresOfTheReadmeAreThoseOfTheBenchmarks() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String reasons = readme.substring(readme.indexOf("## Five reasons"), readme.indexOf("## Which class"));
        List<String> measured = numbers(Files.readString(ROOT.resolve("docs/benchmarks.md")));

        assertThat(numbers(reasons)).isNotEmpty();
        assertThat(numbers(reasons).stream().filter(number -> !measured.contains(number)))
                .as("figures that docs/benchmarks.md does not have").isEmpty();
        assertThat(reasons.lines().filter(line -> line.startsWith("* "))).hasSize(5);
    }

    private static List<String> numbers(String text) {
        return NUMBER.matcher(text).results().map(MatchResult::group).toList();
    }

    @Test
    void pagesNameTheVersionOfThisBuild() throws IOException {
        Matcher version = VERSION.matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        String readme = Files.readString(ROOT.resolve("README.md"));

        for (Path page : pages().toList()) {
            assertThat(VERSION.matcher(Files.readString(page)).results().map(found -> found.group(1)))
                    .as("versions of Salto in %s", page).isSubsetOf(version.group(1));
        }
        assertThat(readme.contains("<version>" + version.group(1) + "</version>")).as("the dependency for Maven")
                .isTrue();
        assertThat(readme.contains("\"dev.salto:salto-core:" + version.group(1) + "\"")).as("that for Gradle")
                .isTrue();
    }

    @Test
    void theDrawingsForLightAndForDarkPagesDifferInColoursOnly() throws IOException {
        List<String> light = Files.readAllLines(ROOT.resolve("docs/call-light.svg"));
        List<String> dark = Files.readAllLines(ROOT.resolve("docs/call-dark.svg"));

        assertThat(light).hasSameSizeAs(dark).isNotEqualTo(dark);
        for (int i = 0; i < light.size(); i++) {
            assertThat(withoutColours(light.get(i))).isEqualTo(withoutColours(dark.get(i)));
        }
    }

    private static String withoutColours(String line) {
        return COLOUR.matcher(line).replaceAll("");
    }

    @Test
    void pagesNameOnlyMembersThatTheApiHas() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Path page : pages().toList()) {
            MEMBER.matcher(Files.readString(page)).results()
                    .filter(name -> !isKnown(name.group(1), name.group(2)))
                    .forEach(name -> missing.add(ROOT.relativize(page) + ": " + name.group()));
        }

        assertThat(missing).isEmpty();
    }

    /** Names that are no public class of the library are known, for they are other names. */
    private static boolean isKnown(String simpleName, String member) {
        try {
            Class<?> type = Class.forName(Salto.class.getPackageName() + "." + simpleName, false,
                    Salto.class.getClassLoader());
            Stream<Member> members = Stream.concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields()));
            return !Modifier.isPublic(type.getModifiers())
                    || List.of("class", "java", "this").contains(member)
                    || members.anyMatch(each -> each.getName().equals(member))
                    || Arrays.stream(type.getClasses()).anyMatch(each -> each.getSimpleName().equals(member));
        } catch (ClassNotFoundException e) {
            return true;
        }
    }

    private static int run(List<String> output, String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            output.add(e.toString());
            return -1;
        }
        try (var lines = process.inputReader()) {
            lines.lines().forEach(output::add);
        }
        return process.waitFor();
    }
}
