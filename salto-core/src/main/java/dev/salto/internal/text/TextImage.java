// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.CodeMapping;
import dev.salto.internal.os.IndexTableMemory;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.os.OpenFile;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.os.TableMemory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The text image of this process: its code tables, mapped read+execute and checked. Found and
 * mapped when it is first needed, and kept for good. After a failure the next call tries again,
 * because the reason, such as a lack of descriptors, may be gone.
 */
public final class TextImage {
    private static volatile @Nullable TextImage loaded;

    private final TextIndex index;
    private final CodeMapping code;
    private final String source;
    private final String location;
    private final List<TextAttempt> tried;

    /** The way from a thread pointer to the number of the thread's last error; null at first. */
    private volatile @Nullable Long lastErrorOffset;

    private TextImage(TextIndex index, CodeMapping code, String source, String location, List<TextAttempt> tried) {
        this.index = index;
        this.code = code;
        this.source = source;
        this.location = location;
        this.tried = List.copyOf(tried);
    }

    /**
     * The text image, mapped and checked.
     *
     * @throws TextImageException if there is none for this machine, no source can be mapped, or it
     *     differs from the image of the build
     * @throws IllegalCallerException if this module may not call native code
     * @throws IllegalArgumentException if the value of a system property is unknown
     */
    public static TextImage get() throws TextImageException {
        TextImage image = loaded;
        return image != null ? image : load();
    }

    private static synchronized TextImage load() throws TextImageException {
        TextImage image = loaded;
        if (image == null) {
            Optional<Port> port = Ports.thisJvm();
            if (port.isEmpty()) {
                throw new TextImageException(
                        "Salto has no port for %s on %s; it supports %s".formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"), Ports.supported()));
            }
            NativeAccess.check();
            image = find(readIndex(port.get().architecture()));
            loaded = image;
        }
        return image;
    }

    static TextIndex readIndex(String architecture) throws TextImageException {
        String name = "libsalto-" + architecture + ".properties";
        try (InputStream content = TextImage.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new TextImageException("there is no text image for " + architecture
                        + "; this build of Salto lacks it, or a repackaging step dropped " + name);
            }
            return TextIndex.read(content);
        } catch (IOException e) {
            throw new TextImageException("the index " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Tries the sources in turn, until one has the image and it can be mapped. */
    static TextImage find(TextIndex index) throws TextImageException {
        List<TextAttempt> tried = new ArrayList<>();
        Original original = new Original(index);
        for (String name : Settings.sources()) {
            List<TextSource.Place> places;
            try {
                places = TextSource.named(name).places(original);
            } catch (TextImageException | OsException | IOException | RuntimeException | LinkageError e) {
                tried.add(new TextAttempt(name, "", reason(e)));
                continue;
            }
            for (TextSource.Place place : places) {
                try {
                    TextImage image = new TextImage(index, map(original, place), name, place.location(), tried);
                    warnOfUnusedFile(image);
                    return image;
                } catch (TextImageException | OsException | IOException | RuntimeException | LinkageError e) {
                    tried.add(new TextAttempt(name, place.location(), reason(e)));
                }
            }
        }
        throw new TextImageException(tried);
    }

    /** A user who named a file should learn that Salto does not use it. */
    private static void warnOfUnusedFile(TextImage image) {
        for (TextAttempt attempt : image.tried) {
            if (attempt.source().equals(NamedFile.NAME) && !attempt.location().isEmpty()) {
                Warnings.log("The file named by -D%s is not used. %s: %s. The code comes from %s instead".formatted(
                        Settings.TEXT,
                        attempt.location(), attempt.reason(), image.location));
            }
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof NoSuchFileException missing) {
            return "there is no " + missing.getFile();
        }
        if (e instanceof AccessDeniedException denied) {
            return "permission denied for " + denied.getFile();
        }
        return e instanceof TextImageException || e instanceof OsException
                ? String.valueOf(e.getMessage())
                : e.toString();
    }

    private static CodeMapping map(Original original, TextSource.Place place)
            throws TextImageException, OsException, IOException {
        TextSource.OpenText text = place.opener().open();
        try (OpenFile file = text.file()) {
            // A page beyond the end of the file could be mapped, but not read.
            original.requireSize(file.size() - text.offset());
            CodeMapping code = map(file, text.offset(), original.index(), place);
            if (!place.isSealed()) {
                check(code, original, place);
            }
            return code;
        }
    }

    private static CodeMapping map(OpenFile file, long offset, TextIndex index, TextSource.Place place)
            throws TextImageException, OsException {
        try {
            return Os.current().map(file, offset, index.shape());
        } catch (OsException e) {
            if (!e.isDenied()) {
                throw e;
            }
            String label = file.explainLabel();
            throw new TextImageException(
                    "it cannot be mapped: %s; its file system may be mounted noexec, or a security module or filter forbids it: %s%s"
                            .formatted(e.getMessage(), place.remedy(), label.isEmpty() ? "" : ". " + label),
                    e);
        }
    }

    /**
     * Compares the mapping, not the file of that name. So nobody can swap the file between the
     * check and its use.
     */
    private static void check(CodeMapping code, Original original, TextSource.Place place)
            throws TextImageException, OsException, IOException {
        String complaint;
        try {
            complaint = original.complaintAbout(code.content());
        } catch (TextImageException | IOException | RuntimeException | Error e) {
            code.unmap();
            throw e;
        }
        if (complaint != null) {
            code.unmap();
            Warnings.log("A text image was found and refused: %s: %s".formatted(place.location(), complaint));
            throw new TextImageException(complaint);
        }
    }

    /**
     * Checks that the image has code that records calls.
     *
     * @throws TextImageException if it has none
     */
    public void requireRecording() throws TextImageException {
        if (!index.recordsCalls()) {
            throw new TextImageException("the text image for %s has no code that records calls; use CallInterface.bind"
                    .formatted(index.architecture()));
        }
    }

    /** The layout of this image. */
    public TextIndex index() {
        return index;
    }

    /** The name of the source that this image came from. */
    public String source() {
        return source;
    }

    /** The file that this image was mapped from, for people. */
    public String location() {
        return location;
    }

    /** The failed attempts before, with their reasons. */
    public List<TextAttempt> tried() {
        return tried;
    }

    /** The mapping that all code tables are duplicates of. */
    public MemorySegment code() {
        return code.code();
    }

    /** Unmaps an image that has no tables. */
    void unmap() throws OsException {
        code.unmap();
    }

    /**
     * Maps one more table: this image's code, followed by zeroed memory for the parameters.
     *
     * @throws OsException if the system has no more mappings or memory to give
     */
    public TableMemory mapTable() throws OsException {
        return code.addTable();
    }

    /**
     * Maps one more table by index: the code of that table, followed by a header, which is complete
     * and read-only from the beginning.
     *
     * @param header the header's words, from {@link TextIndex.CodeByIndex#header}
     * @throws OsException if the system has no more mappings or memory to give
     */
    public IndexTableMemory mapIndexTable(long[] header) throws OsException {
        return mapIndexTables(new long[][]{header}).getFirst();
    }

    /**
     * Maps more tables by index, at least the first of those that are wanted.
     *
     * @param headers the headers' words, as in {@link #mapIndexTable}
     * @throws OsException if the system has no mappings or memory to give
     */
    public List<IndexTableMemory> mapIndexTables(long[][] headers) throws OsException {
        long[][] complete = headers.clone();
        for (int i = 0; i < complete.length; i++) {
            complete[i] = complete[i].clone();
            complete[i][index.byIndex().headerLastError() / Memory.WORD_SIZE] = lastErrorOffset();
        }
        return code.addIndexTables(complete, index.byIndex().headerEntry());
    }

    /** The same in all threads; 0 where the entries do not need it. */
    private long lastErrorOffset() {
        Long known = lastErrorOffset;
        if (known == null) {
            Integer entry = index.entries().get("last_error_offset");
            known = entry == null ? 0 : Os.current().lastErrorOffset(code.code().address() + entry);
            lastErrorOffset = known;
        }
        return known;
    }
}
