// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A copy in a memory file that nobody can change any more, not even this process. */
record SealedMemory() implements TextSource {
    @Override
    public List<Place> places(String image) throws TextImageException, IOException {
        Original original = Original.of(image);
        return List.of(new Place("a sealed copy in memory of " + original.origin(),
                "allow memfd_create, or executable mappings of memory files",
                () -> copy(image, original.content())));
    }

    private static OpenText copy(String image, MemorySegment content) throws SystemCallException {
        int descriptor = SystemCalls.createMemoryFile(image);
        try {
            SystemCalls.write(descriptor, content);
            SystemCalls.sealMemoryFile(descriptor);
            return new OpenText(descriptor, 0);
        } catch (SystemCallException e) {
            SystemCalls.close(descriptor);
            throw e;
        }
    }
}
