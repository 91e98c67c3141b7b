// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A copy in a folder that only this user can enter, with a name that nobody can guess. It is gone again as soon as it is open, whether it can be
 * mapped or not.
 */
record PrivateFile() implements TextSource {
    @Override
    public String name() {
        return "file";
    }

    @Override
    public List<Place> places(String image) throws TextImageException, IOException {
        byte[] content = TextSource.resource(image);
        Optional<Path> chosen = Settings.folder();
        return (chosen.isPresent() ? List.of(chosen.get()) : usualFolders()).stream()
                .map(folder -> new Place(
                        "a private copy in %s, which is removed as soon as it is mapped".formatted(folder),
                        "set -D%s to a folder on a file system that allows executable files".formatted(Settings.FOLDER),
                        () -> copy(folder, image, content)))
                .toList();
    }

    private static List<Path> usualFolders() {
        List<Path> folders = new ArrayList<>();
        folders.add(Path.of(System.getProperty("java.io.tmpdir")));
        // XDG Base Directory Specification 0.8
        for (String variable : List.of("XDG_RUNTIME_DIR", "XDG_CACHE_HOME")) {
            String folder = System.getenv(variable);
            if (folder != null && !folder.isEmpty()) {
                folders.add(Path.of(folder));
            }
        }
        folders.add(Path.of(System.getProperty("user.home"), ".cache"));
        return folders.stream().distinct().toList();
    }

    private static OpenText copy(Path parent, String image, byte[] content) throws SystemCallException, IOException {
        Path folder = Files.createTempDirectory(parent, "salto-"); // with mode 0700
        Path file = folder.resolve(image);
        try {
            Files.write(file, content);
            return new OpenText(SystemCalls.openForReading(file), 0);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
