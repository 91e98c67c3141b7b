// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The file that the user named in a property. */
record NamedFile() implements TextSource {
    /** The name by which users know this source. */
    static final String NAME = "property";

    @Override
    public List<Place> places(Original original) throws TextImageException {
        Optional<Path> named = Settings.text();
        if (named.isEmpty()) {
            throw new TextImageException("-D" + Settings.TEXT + " is not set");
        }
        Path file = named.get();
        return List.of(new Place(file.toString(), "put it on a file system that allows executable files", false,
                () -> open(file, original.name())));
    }

    private static OpenText open(Path file, String image) throws TextImageException, OsException {
        if (!Files.exists(file)) {
            throw new TextImageException("there is no such file; let -D%s name the place of %s".formatted(Settings.TEXT,
                    image));
        }
        return new OpenText(Os.current().open(file), 0);
    }
}
