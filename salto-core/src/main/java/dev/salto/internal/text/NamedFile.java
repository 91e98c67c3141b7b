// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file that the user named. */
record NamedFile() implements TextSource {
    @Override
    public String name() {
        return "property";
    }

    @Override
    public List<Place> places(String image) throws TextImageException {
        Path file = Settings.text()
                .orElseThrow(() -> new TextImageException("-D" + Settings.TEXT + " is not set"));
        return List.of(new Place(file.toString(), "put it on a file system that allows executable files",
                () -> open(file, image)));
    }

    private static OpenText open(Path file, String image) throws TextImageException, SystemCallException {
        if (!Files.exists(file)) {
            throw new TextImageException("there is no such file; let -D%s name the place of %s".formatted(Settings.TEXT,
                    image));
        }
        return new OpenText(SystemCalls.openForReading(file), 0);
    }
}
