// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The structs and unions that a C compiler makes: each member aligned, and the size a multiple of
 * the alignment.
 */
public final class CLayouts {
    private CLayouts() {}

    /** A struct of these members and the padding that they need. */
    public static StructLayout struct(MemoryLayout... members) {
        List<MemoryLayout> padded = new ArrayList<>();
        long size = 0;
        long alignment = 1;
        for (MemoryLayout member : members) {
            size = pad(padded, size, member.byteAlignment());
            padded.add(member);
            size += member.byteSize();
            alignment = Math.max(alignment, member.byteAlignment());
        }
        pad(padded, size, alignment);
        return MemoryLayout.structLayout(padded.toArray(MemoryLayout[]::new));
    }

    private static long pad(List<MemoryLayout> members, long size, long alignment) {
        long padding = upTo(size, alignment);
        if (padding > 0) {
            members.add(MemoryLayout.paddingLayout(padding));
        }
        return size + padding;
    }

    /** A union of these members, and of padding as large as the whole where no member is. */
    public static UnionLayout union(MemoryLayout... members) {
        UnionLayout tight = MemoryLayout.unionLayout(members);
        long padding = upTo(tight.byteSize(), tight.byteAlignment());
        if (padding == 0) {
            return tight;
        }
        List<MemoryLayout> padded = new ArrayList<>(List.of(members));
        padded.add(MemoryLayout.paddingLayout(tight.byteSize() + padding));
        return MemoryLayout.unionLayout(padded.toArray(MemoryLayout[]::new));
    }

    /** How many bytes are missing to the next multiple of the alignment. */
    private static long upTo(long size, long alignment) {
        return -size & (alignment - 1);
    }
}
