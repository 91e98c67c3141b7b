// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers in modules with and without native access: Salto restricts what the JDK does, for the
 * same callers.
 */
@Tag("host")
final class NativeAccessTest {
    private static final List<String> RESTRICTED = List.of("direct", "combined", "trampoline", "table", "binding",
            "leaving");

    @TempDir
    private Path folder = Path.of("");

    /** Where the caller's class is, and how the launcher calls its module. */
    enum Caller {
        CLASS_PATH("ALL-UNNAMED"), MODULE("caller");

        private final String module;

        Caller(String module) {
            this.module = module;
        }
    }

    private ChildJvm run(Caller caller, String... options) throws IOException, InterruptedException {
        String program = "dev/salto/child/RestrictedMethods";
        Path classes = Files.createDirectories(folder.resolve("caller"));
        Path original = Path.of(ChildProcess.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        for (String file : List.of(program + ".class", program + "$Action.class")) {
            Path copy = classes.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(original.resolve(file), copy);
        }
        String jar = new LibraryCopy(classes).packed().toString();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ChildJvm.NO_FILES);
        command.addAll(List.of(options));
        command.addAll(caller == Caller.MODULE
                ? List.of("--module-path", ChildJvm.libraryClasses() + ":" + jar, "--add-modules", "dev.salto",
                        "--module", "caller/" + program.replace('/', '.'))
                : List.of("--module-path", ChildJvm.libraryClasses().toString(), "--add-modules", "dev.salto",
                        "--class-path", jar, program.replace('/', '.')));
        return ChildProcess.run(command, Map.of());
    }

    @ParameterizedTest
    @EnumSource
    void whereNativeAccessIsDeniedToTheCallerRestrictedMethodsAreToo(Caller caller) throws Exception {
        ChildJvm child = run(caller, "--illegal-native-access=deny", "--enable-native-access=dev.salto");

        assertThat(child.value("jdk")).startsWith(IllegalCallerException.class.getName());
        assertThat(RESTRICTED).allSatisfy(name -> assertThat(child.value(name)).as(name)
                .startsWith(IllegalCallerException.class.getName() + ": dev.salto.child.RestrictedMethods calls ")
                .contains("--enable-native-access=" + caller.module));
        assertThat(child.value("closure")).isEqualTo("done");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whereNativeAccessIsGivenToTheCallerNothingIsRestricted(Caller caller) throws Exception {
        ChildJvm child = run(caller, "--illegal-native-access=deny",
                "--enable-native-access=dev.salto," + caller.module);

        assertThat(RESTRICTED).allSatisfy(name -> assertThat(child.value(name)).as(name).isEqualTo("done"));
        assertThat(child.output()).noneMatch(line -> line.contains("WARNING"));
    }

    @ParameterizedTest
    @EnumSource
    void theJvmWarnsOfTheCallerWhereItIsToWarn(Caller caller) throws Exception {
        ChildJvm child = run(caller, "--illegal-native-access=warn", "--enable-native-access=dev.salto");

        assertThat(RESTRICTED).allSatisfy(name -> assertThat(child.value(name)).as(name).isEqualTo("done"));
        assertThat(child.output()).anyMatch(line -> line.contains("--enable-native-access=" + caller.module));
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "warn"})
    void whereNobodyWasGivenNativeAccessTheCallerNeedsNone(String mode) throws Exception {
        ChildJvm child = run(Caller.MODULE, "--illegal-native-access=" + mode);

        assertThat(RESTRICTED).allSatisfy(name -> assertThat(child.value(name)).as(name).isEqualTo("done"));
    }

    /** Whatever the target is. */
    @ParameterizedTest
    @EnumSource
    void whereNativeAccessIsDeniedToSaltoItsMessageNamesTheOptionToPass(Caller caller) throws Exception {
        ChildJvm child = run(caller, "--illegal-native-access=deny", "--enable-native-access=" + caller.module);

        assertThat(RESTRICTED).allSatisfy(name -> assertThat(child.value(name)).as(name)
                .startsWith(IllegalCallerException.class.getName() + ": Salto needs to call native code")
                .contains("--enable-native-access=dev.salto"));
    }
}
