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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A copy in the user's folder for programs' data, for systems that cannot remove a file while code
 * is mapped from it. All processes of the user share it. Its name has a part of the digest, so each
 * version of the image has a file of its own.
 */
record KeptFile() implements TextSource {
    private static final int DIGITS = 16;

    @Override
    public List<Place> places(Original original) throws TextImageException, IOException {
        MemorySegment content = original.content();
        String name = original.index().sha256().substring(0, DIGITS) + "-" + original.name();
        Optional<Path> chosen = Settings.folder();
        return (chosen.isPresent() ? List.of(chosen.get().toString()) : usualFolders()).stream()
                .map(folder -> new Place(
                        "a copy in %s of %s".formatted(folder, original.place()),
                        "set -D%s to a folder from which libraries may be loaded".formatted(Settings.FOLDER),
                        false,
                        () -> copy(Settings.path("the folder ", folder), name, content.toArray(JAVA_BYTE))))
                .toList();
    }

    private static List<String> usualFolders() {
        List<String> folders = new ArrayList<>();
        String data = System.getenv("LOCALAPPDATA");
        if (data != null && !data.isEmpty()) {
            folders.add(data + File.separator + "salto");
        }
        folders.add(System.getProperty("java.io.tmpdir") + File.separator + "salto");
        return folders;
    }

    private static OpenText copy(Path folder, String name, byte[] content)
            throws TextImageException, OsException, IOException {
        Path file = folder.resolve(name);
        if (!isThere(file, content)) {
            write(Files.createDirectories(folder), file, content);
        }
        return new OpenText(Os.current().open(file), 0);
    }

    private static boolean isThere(Path file, byte[] content) {
        try {
            return Files.size(file) == content.length && Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException e) {
            return false;
        }
    }

    /** The file appears complete. If another process was faster, its file is as good. */
    private static void write(Path folder, Path file, byte[] content) throws IOException {
        Path fresh = Files.createTempFile(folder, "salto-", ".tmp");
        try {
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (!isThere(file, content)) {
                throw e;
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
