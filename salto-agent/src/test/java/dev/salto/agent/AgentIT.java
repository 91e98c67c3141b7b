// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.agent.Child.Outcome;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.loader.launch.JarLauncher;

/** Programs that know the JDK's linker only, with the agent's JAR. */
final class AgentIT {
    private static final String ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String DENY = "--illegal-native-access=deny";
    private static final String MADE = "Salto's agent: static trampolines instead of upcall stubs: ";
    private static final String STATIC = "[1, 2, 3] static";

    @TempDir
    Path folder = Path.of("");

    private static Outcome client(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-cp", Child.classes(), "client.Client"));
        command.addAll(List.of(arguments));
        return Child.java(command.toArray(String[]::new));
    }

    private static String agent(String options) {
        return "-javaagent:" + Child.agent() + (options.isEmpty() ? "" : "=" + options);
    }

    private static void jar(String... arguments) throws IOException, InterruptedException {
        assertThat(Child.run(Map.of(), Child.tool("jar"), arguments).lines()).isEmpty();
    }

    @Test
    void withoutTheAgentStubsAreCodeOfTheJdk() throws Exception {
        assertThat(client(List.of(ACCESS), "call").lines()).containsExactly("call=[1, 2, 3] JDK");
    }

    @Test
    void everyWayToAskForAStubGivesAStaticTrampoline() throws Exception {
        assertThat(client(List.of(agent(""), ACCESS), "call", "reflection", "handle", "reference", "bound")
                .lines()).containsExactly("call=" + STATIC, "reflection=" + STATIC, "handle=" + STATIC,
                        "reference=" + STATIC, "bound=" + STATIC);
    }

    @Test
    void rewrittenCallSitesGiveStaticTrampolines() throws Exception {
        assertThat(client(List.of(agent("call-sites"), ACCESS), "call", "reference", "bound").lines())
                .containsExactly("call=" + STATIC, "reference=" + STATIC, "bound=" + STATIC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "call-sites"})
    void theJdkRefusesACallerWithoutNativeAccessByItsOwnMessage(String options) throws Exception {
        Outcome alone = client(List.of(DENY), "wrong");
        Outcome withAgent = client(List.of(DENY, agent(options)), "wrong");

        assertThat(withAgent.lines()).isEqualTo(alone.lines());
        assertThat(withAgent.lines()).anyMatch(line -> line.contains("Illegal native access from an unnamed module"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "call-sites"})
    void theJdkRefusesWrongArgumentsByItsOwnMessages(String options) throws Exception {
        Outcome alone = client(List.of(ACCESS), "wrong");

        assertThat(client(List.of(ACCESS, agent(options)), "wrong").lines()).isEqualTo(alone.lines())
                .first().asString().contains("Wrong method handle type");
    }

    @Test
    void wrongArgumentsReachTheAgentOnce() throws Exception {
        assertThat(client(List.of(ACCESS, agent("report")), "wrong").lines())
                .anyMatch(line -> line.equals(MADE + "0; left to the JDK: 1"));
    }

    @Test
    void theJdkMakesStubsWithOptionsAndTheReportSaysSo() throws Exception {
        assertThat(client(List.of(ACCESS, agent("report")), "call", "option").lines())
                .contains("call=" + STATIC)
                .anyMatch(line -> line.equals(MADE + "1; left to the JDK: 1"))
                .anyMatch(line -> line.matches(" +1  client\\.Client\\..*Client\\.java.*"))
                .anyMatch(line -> line.matches(" +1  it has an option of the linker"));
    }

    @Test
    void aProcessHasMoreStubsThanTheJdkCanMakeAndACallbackClosesItsOwnArena() throws Exception {
        assertThat(client(List.of(ACCESS, agent("")), "many", "self").lines())
                .containsExactly("many=400000", "self=closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "call-sites"})
    void aModuleWithNativeAccessNeedsNoOtherOption(String options) throws Exception {
        Path module = module();

        assertThat(Child.java(agent(options), DENY, "--enable-native-access=client", "--module-path",
                module.toString(), "--module", "client/client.Client", "call").lines())
                .containsExactly("call=" + STATIC);
        assertThat(Child.java(agent(options), DENY, "--module-path", module.toString(), "--module",
                "client/client.Client", "wrong").lines())
                .anyMatch(line -> line.contains("Illegal native access from module client")
                        || line.contains("Illegal native access from: module client"));
    }

    /** A module with the client alone. */
    private Path module() throws IOException, InterruptedException {
        Path module = Files.createDirectories(folder.resolve("module"));
        Files.createDirectories(module.resolve("client"));
        try (Stream<Path> classes = Files.list(Path.of(Child.classes(), "client"))) {
            for (Path file : classes.filter(path -> path.getFileName().toString().startsWith("Client")).toList()) {
                Files.copy(file, module.resolve("client").resolve(file.getFileName()));
            }
        }
        Path declaration = Files.writeString(folder.resolve("module-info.java"), "module client {}");
        Outcome compiled = Child.run(Map.of(), Child.tool("javac"), "-d", module.toString(), declaration.toString());
        assertThat(compiled.lines()).isEmpty();
        return module;
    }

    @Test
    void anImageOfJlinkThatHasTheModuleOfAgentsWorks() throws Exception {
        Path image = folder.resolve("image");
        Outcome linked = Child.run(Map.of(), Child.tool("jlink"), "--module-path", module().toString(),
                "--add-modules", "client,java.instrument", "--output", image.toString());
        assertThat(linked.code()).as("%s", linked.lines()).isZero();

        assertThat(Child.run(Map.of(), image.resolve("bin/java").toString(), agent("report"),
                "--enable-native-access=client", "--module", "client/client.Client", "call").lines())
                .contains("call=" + STATIC)
                .anyMatch(line -> line.startsWith(MADE + "1;"));
    }

    @Test
    void anAgentThatIsAttachedLaterGetsTheStubsFromThenOn() throws Exception {
        assertThat(Child.java(ACCESS, "-XX:+EnableDynamicAgentLoading", "-Djdk.attach.allowAttachSelf=true", "-cp",
                Child.classes(), "client.Attaching", Child.agent(), "report").lines())
                .containsSubsequence("call=[1, 2, 3] JDK", "call=" + STATIC, "reflection=" + STATIC)
                .anyMatch(line -> line.startsWith(MADE + "2;"));
    }

    @Test
    void anotherAgentThatTransformsEverythingComesBeforeOrAfter() throws Exception {
        Path manifest = Files.writeString(folder.resolve("manifest"), """
                Premain-Class: client.EverythingAgent
                Can-Retransform-Classes: true
                """);
        String other = "-javaagent:" + folder.resolve("other.jar");
        jar("--create", "--file", folder.resolve("other.jar").toString(), "--manifest", manifest.toString(), "-C",
                Child.classes(), "client");

        assertThat(client(List.of(other, agent(""), ACCESS), "call").lines()).containsExactly("call=" + STATIC);
        assertThat(client(List.of(agent(""), other, ACCESS), "call").lines()).containsExactly("call=" + STATIC);
    }

    @Test
    void theAgentThatComesTwiceSaysSo() throws Exception {
        assertThat(client(List.of(agent(""), agent("report"), ACCESS), "call").lines()).containsExactly(
                "Salto's agent is there already; the options of the first time stay", "call=" + STATIC);
    }

    @Test
    void theVariableForToolsReachesChildJvms() throws Exception {
        Outcome outcome = Child.run(Map.of("JAVA_TOOL_OPTIONS", agent("")), Child.tool("java"), ACCESS, "-cp",
                Child.classes(), "client.Client", "call");

        assertThat(outcome.lines()).contains("call=" + STATIC);
    }

    @Test
    void classDataSharingAndAnAotCacheThatWasMadeWithTheAgentGoOnWithoutAWarning() throws Exception {
        assertThat(client(List.of("-Xshare:on", agent(""), ACCESS), "call").lines())
                .containsExactly("call=" + STATIC);
        assertThat(client(List.of("-Xshare:off", agent(""), ACCESS), "call").lines())
                .containsExactly("call=" + STATIC);
        Path jar = folder.resolve("client.jar");
        jar("--create", "--file", jar.toString(), "-C", Child.classes(), "client");
        String cache = folder.resolve("client.aot").toString();
        Outcome trained = Child.java("-XX:AOTCacheOutput=" + cache, agent(""), ACCESS, "-cp", jar.toString(),
                "client.Client", "call");
        assertThat(trained.code()).as("%s", trained.lines()).isZero();

        assertThat(Child.java("-XX:AOTCache=" + cache, agent(""), ACCESS, "-cp", jar.toString(), "client.Client",
                "call").lines()).containsExactly("call=" + STATIC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "call-sites"})
    void aJarOfSpringBootGetsStaticTrampolinesInItsNestedJars(String options) throws Exception {
        Path files = folder.resolve("files");
        Path nested = Files.createDirectories(files.resolve("BOOT-INF/lib")).resolve("client.jar");
        jar("--create", "--file", nested.toString(), "-C", Child.classes(), "client");
        Path loader = Path.of(JarLauncher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        jar("--extract", "--file", loader.toString(), "--dir", files.toString(), "org");
        Path manifest = Files.writeString(folder.resolve("manifest"), """
                Main-Class: %s
                Start-Class: client.Client
                """.formatted(JarLauncher.class.getName()));
        Path jar = folder.resolve("application.jar");
        jar("--create", "--no-compress", "--file", jar.toString(), "--manifest", manifest.toString(), "-C",
                files.toString(), ".");

        assertThat(Child.java(agent(options), ACCESS, "-jar", jar.toString(), "call", "reference").lines())
                .containsExactly("call=" + STATIC, "reference=" + STATIC);
    }

    @Test
    void anApplicationWithItsOwnSaltoHasBoth() throws Exception {
        assertThat(Child.java(agent("report"), ACCESS, "-cp", Child.classes() + ":" + Child.salto(),
                "client.Bundling").lines())
                .containsSubsequence("42", "call=" + STATIC, "own: 1")
                .anyMatch(line -> line.startsWith(MADE + "1;"));
    }

    @Test
    void anApplicationWithAnOtherVersionOfSaltoWorks() throws Exception {
        Path source = folder.resolve("StaticLinker.java");
        Files.writeString(source, "package dev.salto; public class StaticLinker { int ofAnotherVersion; }");
        Path classes = folder.resolve("other");
        Child.run(Map.of(), Child.tool("javac"), "-d", classes.toString(), source.toString());

        assertThat(Child.java(agent(""), ACCESS, "-cp", classes + ":" + Child.classes(), "client.Client", "call")
                .lines()).containsExactly("call=" + STATIC);
    }

    @Test
    void theApplicationGoesOnWithTheJdksStubsWhereSaltoDoesNotWork() throws Exception {
        List<String> lines = client(List.of(agent(""), ACCESS, "-Ddev.salto.text.sources=property"), "call").lines();

        assertThat(lines).last().isEqualTo("call=[1, 2, 3] JDK");
        assertThat(lines).filteredOn(line -> line.startsWith("Salto's agent leaves all upcall stubs to the JDK"))
                .hasSize(1);
    }

    /** An older JVM then gets a line. */
    @Test
    void theClassThatTheJvmEntersIsReadByJdk8() throws Exception {
        try (ZipFile jar = new ZipFile(Child.agent());
                DataInputStream content = new DataInputStream(
                        jar.getInputStream(jar.getEntry("dev/salto/agent/SaltoAgent.class")))) {
            content.skipNBytes(Integer.BYTES + Short.BYTES);

            assertThat(content.readShort()).isEqualTo((short) 52);
        }
    }

    @Test
    void wrongOptionsAreALineEachAndHelpListsAll() throws Exception {
        assertThat(client(List.of(agent("reprot,help"), ACCESS), "call").lines())
                .contains("Salto's agent has no option 'reprot'; =help lists all", "call=" + STATIC)
                .anyMatch(line -> line.contains("report") && line.contains("prints"));
    }

    @Test
    void theFlightRecorderHasTheCounts() throws Exception {
        Path recording = folder.resolve("recording.jfr");
        client(List.of(agent(""), ACCESS, "-XX:StartFlightRecording:filename=" + recording), "call", "call",
                "option");

        List<RecordedEvent> events = events(recording);
        assertThat(events).filteredOn(event -> event.getString("caller").equals("client.Client"))
                .first().extracting(event -> event.getLong("count")).isEqualTo(2L);
        assertThat(events).filteredOn(event -> event.getString("reason").equals("it has an option of the linker"))
                .first().extracting(event -> event.getLong("count")).isEqualTo(1L);
    }

    private static List<RecordedEvent> events(Path recording) {
        try {
            return RecordingFile.readAllEvents(recording).stream()
                    .filter(event -> event.getEventType().getName().equals("dev.salto.AgentStubs")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRewrittenJarNeedsNoAgent() throws Exception {
        Path jar = folder.resolve("client.jar");
        Path rewritten = folder.resolve("rewritten.jar");
        jar("--create", "--file", jar.toString(), "-C", module().toString(), ".");

        assertThat(Child.java("-jar", Child.agent(), jar.toString(), rewritten.toString()).lines())
                .containsExactly(rewritten + ": 6 call sites in 1 classes call Salto");
        assertThat(Child.java(ACCESS, "-cp", rewritten + ":" + Child.salto(), "client.Client", "call", "reference",
                "option").lines())
                .startsWith("call=" + STATIC, "reference=" + STATIC).hasSize(3);
        assertThat(Child.java(DENY, "--enable-native-access=dev.salto,client", "--module-path",
                rewritten + ":" + Child.salto(), "--module", "client/client.Client", "call").lines())
                .containsExactly("call=" + STATIC);
    }
}
