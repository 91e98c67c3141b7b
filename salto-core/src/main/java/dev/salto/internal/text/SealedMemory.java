// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A copy in a sealed memory file, which not even this process can change. */
record SealedMemory() implements TextSource {
    @Override
    public List<Place> places(Original original) throws TextImageException, IOException {
        return List.of(new Place("a sealed copy in memory of " + original.place(),
                Os.current().remedyForSealedCopy(), true, new Copy(original.name(), original.content())));
    }

    /** Makes the copy. */
    private record Copy(String name, MemorySegment content) implements Opener {
        @Override
        public OpenText open() throws OsException {
            return new OpenText(Os.current().sealedCopy(name, content), 0);
        }
    }
}
