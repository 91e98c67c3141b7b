// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Os;
import java.io.IOException;
import java.util.List;

/** A copy in a memory file that nobody can change any more, not even this process. */
record SealedMemory() implements TextSource {
    @Override
    public List<Place> places(String image) throws TextImageException, IOException {
        Original original = Original.of(image);
        return List.of(new Place("a sealed copy in memory of " + original.origin(),
                Os.current().remedyForSealedCopy(),
                () -> new OpenText(Os.current().sealedCopy(image, original.content()), 0)));
    }
}
