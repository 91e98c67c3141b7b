// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.text.TextImage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of calls from a trampoline to Java. Kinds with equal routes can use each other's tables.
 *
 * @param image has the code
 * @param place the place of the hidden argument; null for the universal gate
 * @param gate the gate's address; 0 for the universal gate
 * @param generic the name of the entry that stores the arguments in a frame; null if there is a
 *     gate
 * @param universalGate the universal gate's address; 0 if there is a gate
 */
public record Route(TextImage image, @Nullable TrailingArgument place, long gate, @Nullable String generic,
        long universalGate) {
    // Written out: the JVM makes classes for a record's own method, which fails at a stack's end.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Route that && gate == that.gate && universalGate == that.universalGate
                && image.equals(that.image) && Objects.equals(generic, that.generic)
                && Objects.equals(place, that.place);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(gate) + Long.hashCode(universalGate) + Objects.hashCode(generic);
    }

    /** The route through a gate. */
    public static Route throughGate(TextImage image, TrailingArgument place, long gate) {
        return new Route(image, place, gate, null, 0);
    }

    /** The route through the universal gate. */
    public static Route throughUniversalGate(TextImage image, String generic, long universalGate) {
        return new Route(image, null, 0, generic, universalGate);
    }

    /** The same route through another gate of the same signature. */
    Route withGate(long other) {
        return new Route(image, place, other, generic, universalGate);
    }

    boolean isUniversal() {
        return place == null;
    }

    /** The size in bytes of the stack arguments that the entry copies. */
    long stackSize() {
        return place == null ? 0 : place.stackSize();
    }

    /** The place of the entry in code by index, from the beginning of a table. */
    int entryByIndex() {
        String name = place == null ? Objects.requireNonNull(generic) : place.entry("append_");
        return image.index().byIndex().entry(name);
    }

    /** The name of the entry that stores the arguments of such functions in a frame. */
    String genericEntry() {
        return generic != null ? generic : Ports.thisJvm().orElseThrow().ownConvention().entry();
    }

    /** The name of the entry for a gate in code with blocks. */
    String entryWithBlocks() {
        return Objects.requireNonNull(place, "there is no gate").entry("bind_");
    }
}
