// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.cryptomator.jfuse.api.DirFiller;
import org.cryptomator.jfuse.api.Errno;
import org.cryptomator.jfuse.api.FileInfo;
import org.cryptomator.jfuse.api.Fuse;
import org.cryptomator.jfuse.api.FuseBuilder;
import org.cryptomator.jfuse.api.FuseOperations;
import org.cryptomator.jfuse.api.Stat;

/** A file system of jfuse, with one file, is mounted and read. */
public final class Jfuse implements FuseOperations {
    private static final int READS = 10_000;
    private static final int FOLDER = 0040755;
    private static final int FILE = 0100444;
    private static final byte[] CONTENT = "a file in Java".getBytes(StandardCharsets.UTF_8);

    private final Errno errno;

    private Jfuse(Errno errno) {
        this.errno = errno;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("jfuse");
        FuseBuilder builder = Fuse.builder();
        builder.setLibraryPath("/usr/lib/x86_64-linux-gnu/libfuse3.so.4");
        long bytes = 0;
        long names = 0;
        try (Fuse fuse = builder.build(new Jfuse(builder.errno()))) {
            fuse.mount("salto", folder, "-s");
            for (int i = 0; i < READS; i++) {
                bytes += Files.readAllBytes(folder.resolve("file")).length;
            }
            try (Stream<Path> files = Files.list(folder)) {
                names = files.count();
            }
        }
        System.out.println("jfuse: " + names + " file, " + READS + " times read, " + bytes + " bytes");
        Figures.write();
    }

    @Override
    public Errno errno() {
        return errno;
    }

    @Override
    public Set<Operation> supportedOperations() {
        return EnumSet.of(Operation.GET_ATTR, Operation.OPEN, Operation.READ, Operation.READ_DIR);
    }

    @Override
    public int getattr(String path, Stat stat, FileInfo file) {
        switch (path) {
            case "/" -> stat.setMode(FOLDER);
            case "/file" -> {
                stat.setMode(FILE);
                stat.setSize(CONTENT.length);
            }
            default -> {
                return -errno.enoent();
            }
        }
        return 0;
    }

    @Override
    public int open(String path, FileInfo file) {
        return 0;
    }

    @Override
    public int read(String path, ByteBuffer buffer, long size, long offset, FileInfo file) {
        int start = (int) Math.min(CONTENT.length, offset);
        int length = (int) Math.min(size, CONTENT.length - start);
        buffer.put(CONTENT, start, length);
        return length;
    }

    @Override
    public int readdir(String path, DirFiller filler, long offset, FileInfo file, int flags) {
        try {
            filler.fill(".");
            filler.fill("..");
            filler.fill("file");
            return 0;
        } catch (IOException e) {
            return -errno.eio();
        }
    }
}
