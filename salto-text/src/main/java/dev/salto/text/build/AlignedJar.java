// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.jar.JarFile;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The build step that makes the text images in a JAR mappable. It stores each of them uncompressed,
 * with its first byte at a multiple of the alignment in its index.
 *
 * <p>The JAR's other entries fill the space in front of an image, as many as fit, and then an entry
 * of zeros. All entries keep their order, and the others their compressed bytes. So the same JAR
 * gives the same bytes, even if it is aligned already.
 */
@Command(name = "aligned-jar", mixinStandardHelpOptions = true,
        description = "Stores the text images of a JAR uncompressed, where they can be mapped, and rewrites the JAR in place.")
final class AlignedJar implements Callable<Integer> {
    @Option(names = "--jar", required = true, description = "the JAR to rewrite")
    private Path jar = Path.of("");

    public static void main(String[] arguments) {
        // An entry's time is a local time without a zone. In this zone there is none that a
        // summer's first night skips.
        TimeZone.setDefault(TimeZone.getTimeZone(ZoneOffset.UTC));
        System.exit(new CommandLine(new AlignedJar()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path fresh = jar.resolveSibling(jar.getFileName() + ".fresh");
        try {
            try (ZipFile source = ZipFile.builder().setPath(jar).get();
                    ZipArchiveOutputStream target = new ZipArchiveOutputStream(fresh)) {
                target.setUseZip64(Zip64Mode.Never);
                rewrite(source, target);
            }
            if (Files.mismatch(jar, fresh) >= 0) {
                Files.move(fresh, jar, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
        return 0;
    }

    private void rewrite(ZipFile source, ZipArchiveOutputStream target) throws IOException {
        List<AlignedImage> images = new ArrayList<>();
        Deque<ZipArchiveEntry> others = new ArrayDeque<>();
        for (ZipArchiveEntry entry : Collections.list(source.getEntriesInPhysicalOrder())) {
            if (AlignedImage.isImage(entry)) {
                images.add(AlignedImage.of(entry, source));
            } else if (!AlignedImage.isPadding(entry)) {
                others.add(entry);
            }
        }
        if (images.isEmpty()) {
            throw new IOException("%s has no text image in %s".formatted(jar, NativeCodeBuild.TEXT_PACKAGE));
        }

        // Readers of streams look for the manifest at the front.
        while (others.stream().anyMatch(entry -> entry.getName().equals(JarFile.MANIFEST_NAME))) {
            copy(others.remove(), source, target);
        }
        for (AlignedImage image : images) {
            while (!others.isEmpty() && fitsBefore(image, target.getBytesWritten(), others.element())) {
                copy(others.remove(), source, target);
            }
            image.store(source, target);
        }
        for (ZipArchiveEntry entry : others) {
            copy(entry, source, target);
        }
    }

    /** Whether the image keeps its place if another entry comes before it. */
    private static boolean fitsBefore(AlignedImage image, long offset, ZipArchiveEntry other) {
        long size = AlignedImage.localHeaderSize(other) + other.getCompressedSize();
        return image.place(offset + size) == image.place(offset);
    }

    private static void copy(ZipArchiveEntry entry, ZipFile source, ZipArchiveOutputStream target) throws IOException {
        try (InputStream content = source.getRawInputStream(entry)) {
            target.addRawArchiveEntry(entry, content);
        }
    }
}
