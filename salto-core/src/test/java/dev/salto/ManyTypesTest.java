// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many function types with few closures each take few mappings, and nothing once nobody has them.
 */
@Tag("host")
final class ManyTypesTest {
    /** In a thorough run, more than there can be tables if each takes two mappings. */
    private static final int FLEETING = Amounts.scaled(40_000);
    private static final int OPEN = Amounts.scaled(33_000);
    private static final int TYPED = 400;

    /** The memory that the JVM may take for itself meanwhile. */
    private static final int SOME_MAPPINGS = 100;
    private static final int SOME_KILOBYTES = 25_000;

    private static ChildJvm run(String way, int types, int closures) throws Exception {
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "ManyTypes",
                new String[]{way, Integer.toString(types), Integer.toString(closures)}, "-Xmx1g", "-Xmn16m",
                "-XX:+UseSerialGC");
        assertThat(child.output()).contains("done=all answers were right");
        assertThat(child.exitCode()).isZero();
        return child;
    }

    private static int value(ChildJvm child, String key) {
        return Integer.parseInt(child.value(key));
    }

    @ParameterizedTest(name = "{0} closures each")
    @ValueSource(ints = {17, 100})
    void typesThatNobodyHasAnyMoreTakeNothing(int closures) throws Exception {
        ChildJvm child = run("fleeting", FLEETING, closures);

        assertThat(value(child, "used")).as("closures of the first type, which stay open").isEqualTo(closures);
        assertThat(value(child, "after4.mappings")).as("mappings after all types")
                .isLessThan(value(child, "after1.mappings") + SOME_MAPPINGS);
        assertThat(value(child, "after4.kilobytes")).as("kilobytes after all types, when the heap has its size")
                .isLessThan(value(child, "after2.kilobytes") + SOME_KILOBYTES);
    }

    @ParameterizedTest(name = "{0} closures each")
    @ValueSource(ints = {1, 17})
    void typesWithOpenClosuresShareTables(int closures) throws Exception {
        ChildJvm child = run("open", OPEN, closures);

        assertThat(value(child, "open")).isEqualTo((OPEN + 1) * closures + closures);
        assertThat(value(child, "used")).isEqualTo(value(child, "open"));
        assertThat(value(child, "after4.mappings")).isLessThan(OPEN / 3);
    }

    @Test
    void typesOfInterfacesShareTablesToo() throws Exception {
        ChildJvm child = run("typed", TYPED, 1);

        assertThat(value(child, "used")).isEqualTo(TYPED + 2);
        assertThat(value(child, "after4.mappings")).isLessThan(value(child, "before.mappings") + TYPED / 2);
    }
}
