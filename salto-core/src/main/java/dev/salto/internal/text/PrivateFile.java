// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A copy in a folder that only this user can enter, with a name that nobody can guess. It is
 * removed as soon as it is open, even if it cannot be mapped.
 */
record PrivateFile() implements TextSource {
    @Override
    public List<Place> places(Original original) throws TextImageException, IOException {
        MemorySegment content = original.content();
        Optional<Path> chosen = Settings.folder();
        return (chosen.isPresent() ? List.of(chosen.get().toString()) : usualFolders()).stream()
                .map(folder -> new Place(
                        "a private copy in %s, removed as soon as it is mapped, of %s".formatted(folder,
                                original.place()),
                        "set -D%s to a folder on a file system that allows executable files".formatted(Settings.FOLDER),
                        false, () -> copy(Settings.path("the folder ", folder), original.name(), content)))
                .toList();
    }

    private static List<String> usualFolders() {
        List<String> folders = new ArrayList<>();
        folders.add(System.getProperty("java.io.tmpdir"));
        // XDG Base Directory Specification 0.8
        for (String variable : List.of("XDG_RUNTIME_DIR", "XDG_CACHE_HOME")) {
            String folder = System.getenv(variable);
            if (folder != null && !folder.isEmpty()) {
                folders.add(folder);
            }
        }
        folders.add(System.getProperty("user.home") + File.separator + ".cache");
        return folders.stream().distinct().toList();
    }

    private static OpenText copy(Path parent, String image, MemorySegment content)
            throws TextImageException, OsException, IOException {
        if (!Files.isDirectory(parent)) {
            throw new TextImageException(
                    "there is no folder %s; let -D%s name one that there is".formatted(parent, Settings.FOLDER));
        }
        Path folder = parent.resolve("salto-%016x".formatted(Os.current().random()));
        Files.createDirectory(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = folder.resolve(image);
        try {
            Files.write(file, content.toArray(JAVA_BYTE));
            return new OpenText(Os.current().open(file), 0);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
