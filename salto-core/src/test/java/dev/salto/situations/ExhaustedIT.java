// SPDX-License-Identifier: Apache-2.0

package dev.salto.situations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ChildJvm;
import dev.salto.TrampolinesUnsupportedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process without free file descriptors or memory mappings. Existing closures still work, and
 * once there is room again, new ones do.
 */
final class ExhaustedIT {
    @TempDir
    private Path folder = Path.of("");

    private Launch launch() throws Exception {
        return Launch.withModule(folder, Launch.packedLibrary());
    }

    private static void assertDoneOrRefused(String result, Class<? extends Exception> refusal) {
        if (!result.equals("done")) {
            assertThat(result).startsWith(refusal.getName() + ": ").hasSizeGreaterThan(refusal.getName().length() + 20);
        }
    }

    /**
     * With few descriptors left, a step on the way to the code can be the one that fails, and none
     * may remember.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void theFirstUseWithoutDescriptorsWorksOrSaysWhyAndWorksLater(int left) throws Exception {
        ChildJvm child = launch().by(Launch.withFewDescriptors())
                .run("load", "exhaust-descriptors " + left, "initialize", "release-descriptors", "initialize",
                        "bind 10000", "call");

        assertDoneOrRefused(child.values("initialize").getFirst(), TrampolinesUnsupportedException.class);
        assertThat(child.values("initialize").getLast()).isEqualTo("done");
        assertThat(child.value("bind")).isEqualTo("done");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void theFirstClosureWithoutDescriptorsWorksOrSaysWhyAndTheNextOneWorks() throws Exception {
        ChildJvm child = launch().by(Launch.withFewDescriptors())
                .run("load", "exhaust-descriptors 0", "bind 1", "release-descriptors", "bind 10000", "call");

        assertDoneOrRefused(child.values("bind").getFirst(), TrampolinesUnsupportedException.class);
        assertThat(child.values("bind").getLast()).isEqualTo("done");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.exitCode()).isZero();
    }

    @Test
    void closuresGoOnAndAreMadeWithoutDescriptors() throws Exception {
        ChildJvm child = launch().by(Launch.withFewDescriptors())
                .run("bind 1", "exhaust-descriptors 0", "bind 100000", "call");

        assertThat(child.output()).containsExactly("bind=done", "exhaust-descriptors=done", "bind=done", "call=done");
    }

    /**
     * Salto needs none of them, and takes no other file for its own that comes to have the same
     * number. HotSpot does need its class library, and crashes without it when it loads a class; so
     * all that is used has been loaded before.
     */
    @Test
    void allDescriptorsMayBeClosedBehindTheLibrarysBack() throws Exception {
        ChildJvm child = launch().by(Launch.withFewDescriptors())
                .run("bind 300000", "call", "exhaust-descriptors 10", "close-descriptors", "bind 100000", "call",
                        "exhaust-descriptors 0", "bind 100000", "call", "exit");

        assertThat(child.output()).containsExactly("bind=done", "call=done", "exhaust-descriptors=done",
                "close-descriptors=done", "bind=done", "call=done", "exhaust-descriptors=done", "bind=done",
                "call=done");
        assertThat(child.exitCode()).isZero();
    }

    /**
     * At the limit of mappings, HotSpot may end the process when it has to load a class, be it one
     * that tells of the limit. So these tests have seen growth refused once before, for another
     * reason.
     */
    @Test
    void growthWithoutMappingsIsRefusedAndGoesOnWhenThereIsRoom() throws Exception {
        ChildJvm child = launch().options(Launch.MEMORY_OF_FIXED_SIZE)
                .run("bind 10000", "bind-until-refused-once", "exhaust-mappings 20", "bind-until-refused", "call",
                        "release-mappings",
                        "bind 20000", "call");

        assertThat(child.value("without")).startsWith("java.lang.IllegalStateException: ").contains("errno 1");
        assertThat(child.value("bind-until-refused")).startsWith("java.lang.IllegalStateException: ")
                .contains("errno 12", "vm.max_map_count");
        assertThat(child.values("bind")).containsExactly("done", "done");
        assertThat(child.values("call")).containsExactly("done", "done");
        assertThat(child.exitCode()).isZero();
    }

    /** No table needs a large mapping. */
    @Test
    void growthGoesOnTableByTableWithoutMemoryForManyAtATime() throws Exception {
        ChildJvm child = launch().options(Launch.MEMORY_OF_FIXED_SIZE)
                .run("bind 1", "bind-without-large-mappings 100000", "call");

        assertThat(child.value("without")).isEqualTo("done");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.exitCode()).isZero();
    }

    /** Closed slots are used again without a call to the system. */
    @Test
    void closedSlotsAreUsedAgainWhereTheSystemGivesNoMemory() throws Exception {
        ChildJvm child = launch().options(Launch.MEMORY_OF_FIXED_SIZE)
                .run("bind 20000", "close", "count-code-tables", "bind-without-fresh-parameters 20000", "close",
                        "bind 19000", "call", "count-code-tables");

        assertThat(child.value("without")).isEqualTo("done");
        assertThat(child.values("bind")).containsExactly("done", "done");
        assertThat(child.value("call")).isEqualTo("done");
        // A collection may have emptied tables whose last slots are in quarantine.
        assertThat(Integer.parseInt(child.values("code-tables").getLast()))
                .isLessThanOrEqualTo(Integer.parseInt(child.values("code-tables").getFirst()) + 1);
        assertThat(child.exitCode()).isZero();
    }

    /** At the very limit, growth can fail in its first half or in its second. */
    @Test
    void growthIsRefusedWithAnyNumberOfMappingsLeft() throws Exception {
        List<String> steps = new ArrayList<>(List.of("bind 10000", "bind-until-refused-once"));
        List<Integer> left = List.of(20, 0, 2, 4, 6, 8, 10, 12, 0);
        left.forEach(mappings -> steps.addAll(
                List.of("exhaust-mappings " + mappings, "bind-until-refused", "call")));
        steps.addAll(List.of("release-mappings", "bind 10000", "call"));

        ChildJvm child = launch().options(Launch.MEMORY_OF_FIXED_SIZE).run(steps.toArray(String[]::new));

        assertThat(child.values("bind-until-refused")).hasSize(left.size())
                .allMatch(result -> result.startsWith("java.lang.IllegalStateException: "));
        assertThat(child.values("bind")).containsExactly("done", "done");
        assertThat(child.values("call")).hasSize(left.size() + 1).containsOnly("done");
        assertThat(child.exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refuse-mmap", "refuse-duplicates"})
    void growthThatIsDeniedIsRefusedAndWhatIsThereGoesOn(String denied) throws Exception {
        ChildJvm child = launch().options(Launch.MEMORY_OF_FIXED_SIZE)
                .run("bind 1", denied, "bind-until-refused", "call", "bind 1");

        assertThat(child.value(denied)).isEqualTo("done");
        assertThat(child.value("bind-until-refused")).startsWith("java.lang.IllegalStateException: ")
                .contains("errno 1");
        assertThat(child.value("call")).isEqualTo("done");
        assertThat(child.values("bind").getLast()).startsWith("java.lang.IllegalStateException: ");
        assertThat(child.exitCode()).isZero();
    }
}
