// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.child.TwoLibraries;
import dev.salto.text.callers.Callers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Libraries that do not know of each other choose for their own closures only. The application can
 * choose for all.
 */
@Tag("host") // nothing of this depends on the architecture
final class TwoLibrariesTest {
    @TempDir
    private Path folder;

    @AfterEach
    void overrideNothing() {
        Salto.override();
    }

    private static int call(Function<String, Object> library, String function) {
        return Callers.callRepeatedly((MemorySegment) library.apply(function), 1, 5);
    }

    private static List<Object> events(Function<String, Object> library) {
        return new ArrayList<>((List<?>) library.apply("events"));
    }

    private List<Function<String, Object>> libraries(boolean areModules)
            throws IOException, ReflectiveOperationException {
        return areModules ? TwoLibraries.inModules(folder, 2, 4) : TwoLibraries.inClassLoaders(2, 4);
    }

    @ParameterizedTest(name = "in modules: {0}")
    @ValueSource(booleans = {false, true})
    void eachSeesItsOwnExceptionsOnly(boolean areModules) throws Exception {
        List<Function<String, Object>> libraries = libraries(areModules);
        assertThat(libraries.get(0).getClass()).isNotEqualTo(libraries.get(1).getClass());
        for (String kind : List.of("failing type", "failing call interface", "failing stub")) {
            assertThat(call(libraries.get(0), kind)).as(kind).isEqualTo(2);
            assertThat(call(libraries.get(1), kind)).as(kind).isEqualTo(4);
            assertThat(call(libraries.get(1), kind)).as(kind).isEqualTo(4);
        }
        assertThat(events(libraries.get(0))).hasSize(3).containsOnly("on purpose");
        assertThat(events(libraries.get(1))).hasSize(6).containsOnly("on purpose");
    }

    @ParameterizedTest(name = "in modules: {0}")
    @ValueSource(booleans = {false, true})
    void eachSeesTheCallsOfItsOwnClosedClosuresOnly(boolean areModules) throws Exception {
        List<Function<String, Object>> libraries = libraries(areModules);
        for (String kind : List.of("closed type", "closed call interface", "closed stub")) {
            List<Object> before = events(libraries.get(0));
            assertThat(call(libraries.get(0), kind)).as(kind).isZero();
            assertThat(call(libraries.get(1), kind)).as(kind).isZero();
            assertThat(events(libraries.get(0))).as(kind).hasSize(before.size() + 1);
        }
        assertThat(events(libraries.get(0))).hasSize(3).containsOnly("use after free");
        assertThat(events(libraries.get(1))).hasSize(3).containsOnly("use after free");
    }

    @Test
    void anInterfaceOfTheClassPathThatIsNotPublicNeedsNoLookup() throws Exception {
        List<Function<String, Object>> libraries = libraries(false);

        assertThat(call(libraries.get(0), "own interface")).isEqualTo(5 + 2);
        assertThat(call(libraries.get(1), "own interface")).isEqualTo(5 + 4);
        assertThat(call(libraries.get(1), "own interface")).isEqualTo(5 + 4);
    }

    @Test
    void anInterfaceOfAModuleThatIsNotPublicIsRefusedWithTheReasonAndTheWayOut() throws Exception {
        Function<String, Object> library = libraries(true).getFirst();

        assertThatThrownBy(() -> library.apply("own interface")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("Library$Operator", "it is not public", "is not open",
                        "Pass MethodHandles.lookup() as the first argument");
    }

    @Test
    void whatTheApplicationOverridesComesFirstAndIsTakenBack() throws Exception {
        List<Function<String, Object>> libraries = libraries(false);
        List<UseAfterFree> uses = new ArrayList<>();
        List<Throwable> exceptions = new ArrayList<>();
        Salto.override(ClosureOption.onUseAfterFree(uses::add),
                ClosureOption.onException(ExceptionPolicy.handleBy(failure -> {
                    exceptions.add(failure.exception());
                    return 9;
                })));

        assertThat(call(libraries.get(0), "failing type")).isEqualTo(9);
        assertThat(call(libraries.get(1), "failing call interface")).isEqualTo(9);
        assertThat(call(libraries.get(0), "closed stub")).isZero();
        assertThat(exceptions).hasSize(2);
        assertThat(uses).hasSize(1);

        Salto.override();
        assertThat(call(libraries.get(0), "failing type")).isEqualTo(2);
        assertThat(events(libraries.get(0))).hasSize(1);
    }

    @Test
    void eachChoosesWhetherItsClosuresMayBeUpcallStubs() throws Exception {
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), "TwoLibraries",
                "--enable-native-access=dev.salto,ALL-UNNAMED", "-Ddev.salto.text.sources=property");

        assertThat(child.values("mechanism")).as("%s", child.output()).containsExactly("refused", "upcall-stubs",
                "refused");
    }
}
