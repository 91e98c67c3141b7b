// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.Closure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A destructor callback: records its argument, and closes the closures of native code, its own
 * included.
 */
final class Destruction {
    private final List<Closure<?>> closures = new ArrayList<>();
    private final List<MemorySegment> arguments = new ArrayList<>();

    /** Closes a closure later, and gives its function pointer to native code now. */
    MemorySegment owns(Closure<?> closure) {
        closures.add(closure);
        return closure.address();
    }

    void run(MemorySegment argument) {
        arguments.add(argument);
        closures.forEach(Closure::close);
    }

    void assertPending() {
        assertThat(arguments).isEmpty();
    }

    void assertRanOnce(MemorySegment argument) {
        assertThat(arguments).containsExactly(argument);
        assertThat(closures).isNotEmpty().allSatisfy(
                closure -> assertThatThrownBy(closure::address).isInstanceOf(IllegalStateException.class));
    }
}
