// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The classes that are loaded while the first closure waits. */
@Tag("host")
final class ClassesAheadTest {
    @Test
    void eachHasTheNameByWhichItIsLoaded() throws ClassNotFoundException {
        for (String name : ClassesAhead.NAMES) {
            assertThat(Class.forName("dev.salto.internal." + name, false, ClassesAhead.class.getClassLoader()))
                    .isNotNull();
        }
    }
}
