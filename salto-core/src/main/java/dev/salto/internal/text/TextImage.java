// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The text image of this process: its code table, mapped read+execute and checked. Found and mapped when it is first needed,
 * and kept for good. If that fails, the next call tries again, because the reason (no free descriptor, say) may be gone by then.
 */
public final class TextImage {
    private static volatile @Nullable TextImage loaded;

    private final TextIndex index;
    private final MemorySegment code;

    private TextImage(TextIndex index, MemorySegment code) {
        this.index = index;
        this.code = code;
    }

    /**
     * The text image, mapped and checked.
     *
     * @throws TextImageException if there is none for this machine, or it cannot be mapped, or it is not what the build made
     */
    public static TextImage get() throws TextImageException {
        TextImage image = loaded;
        return image != null ? image : load();
    }

    private static synchronized TextImage load() throws TextImageException {
        TextImage image = loaded;
        if (image == null) {
            Port port = Ports.thisJvm().orElseThrow(() -> new TextImageException(
                    "Salto has no port for %s on %s; it supports Linux on %s".formatted(System.getProperty("os.name"),
                            System.getProperty("os.arch"), Ports.supported())));
            NativeAccess.check();
            image = map(readIndex(port.architecture()));
            loaded = image;
        }
        return image;
    }

    private static TextIndex readIndex(String architecture) throws TextImageException {
        String name = architecture + ".properties";
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

    private static TextImage map(TextIndex index) throws TextImageException {
        String name = index.architecture() + ".so";
        try (TextFile file = TextFile.find(name)) {
            int descriptor = SystemCalls.openForReading(file.path());
            try {
                // A page beyond the end of the file could be mapped, but not read.
                long size = SystemCalls.size(descriptor);
                if (size < index.codeSize()) {
                    throw new TextImageException(
                            "%s has %d bytes, its code table alone has %d; the file is damaged, so install Salto again"
                                    .formatted(file.description(), size, index.codeSize()));
                }
                return new TextImage(index, mapAndCheck(descriptor, index, file));
            } catch (SystemCallException e) {
                throw new TextImageException("%s cannot be mapped: %s%s".formatted(file.description(), e.getMessage(),
                        e.isDenied()
                                ? "; its file system may be mounted noexec, or a security module forbids it: "
                                        + file.remedy()
                                : ""),
                        e);
            } finally {
                SystemCalls.close(descriptor);
            }
        } catch (SystemCallException | IOException e) {
            throw new TextImageException("the text image " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Compares what is mapped, not what is named: nobody can swap the file between the check and its use. */
    private static MemorySegment mapAndCheck(int descriptor, TextIndex index, TextFile file)
            throws TextImageException, SystemCallException {
        long address = SystemCalls.mmap(index.codeSize(), SystemCalls.PROT_READ | SystemCalls.PROT_EXEC,
                SystemCalls.MAP_SHARED, descriptor);
        MemorySegment code = MemorySegment.ofAddress(address).reinterpret(index.codeSize()).asReadOnly();
        String found = sha256(code.asByteBuffer());
        if (!found.equals(index.sha256())) {
            SystemCalls.munmap(address, index.codeSize());
            throw new TextImageException(
                    ("%s is not the text image that this version of Salto was built with: its code table has"
                            + " SHA-256 %s, the index says %s; the file is damaged or of another version, so install Salto again")
                            .formatted(file.description(), found, index.sha256()));
        }
        return code;
    }

    private static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The layout of this image. */
    public TextIndex index() {
        return index;
    }

    /**
     * Maps one more table: this image's code, followed by fresh zeroed memory for the parameters.
     *
     * <p>The code comes from the mapping that is there already, not from a file, and without asking for the right to
     * execute: no file needs to be open or even to exist any more, and a process that has given up mapping executable memory
     * still grows.
     *
     * @return the memory of the table, code and parameters, mapped for good
     * @throws SystemCallException if the system has no more mappings or memory to give
     */
    public MemorySegment mapTable() throws SystemCallException {
        long size = index.tableSize();
        long address = SystemCalls.mmap(size, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE,
                SystemCalls.MAP_PRIVATE | SystemCalls.MAP_ANONYMOUS | SystemCalls.MAP_NORESERVE, -1);
        try {
            SystemCalls.duplicate(code.address(), index.codeSize(), address);
        } catch (SystemCallException e) {
            SystemCalls.munmap(address, size);
            throw e;
        }
        return MemorySegment.ofAddress(address).reinterpret(size);
    }
}
