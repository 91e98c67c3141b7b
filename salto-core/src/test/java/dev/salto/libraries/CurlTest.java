// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.libraries.Library.STRING;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.ClosureType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libcurl hands Java what it reads from a file, and tells it how far it has got. */
@Tag("host")
final class CurlTest {
    private static final int CURLE_OK = 0;
    private static final int CURLE_WRITE_ERROR = 23;
    private static final int CURLE_ABORTED_BY_CALLBACK = 42;
    private static final int CURLOPT_NOPROGRESS = 43;
    private static final int CURLOPT_NOSIGNAL = 99;
    private static final int CURLOPT_URL = 10_002;
    private static final int CURLOPT_WRITEFUNCTION = 20_011;
    private static final int CURLOPT_XFERINFOFUNCTION = 20_219;

    interface Write {
        long write(MemorySegment bytes, long size, long count, MemorySegment userData);
    }

    interface Progress {
        int report(MemorySegment userData, long toDownload, long downloaded, long toUpload, long uploaded);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<Write> WRITE = ClosureType.of(LOOKUP, Write.class,
            FunctionDescriptor.of(JAVA_LONG, STRING, JAVA_LONG, JAVA_LONG, ADDRESS));
    private static final ClosureType<Progress> PROGRESS = ClosureType.of(LOOKUP, Progress.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private final Library curl = Library.open("libcurl.so.4", "libcurl4t64 (libcurl4 before Debian 13)");
    private final MethodHandle init = curl.link("curl_easy_init", FunctionDescriptor.of(ADDRESS));
    private final MethodHandle cleanup = curl.link("curl_easy_cleanup", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle perform = curl.link("curl_easy_perform", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MethodHandle setPointer = curl.link("curl_easy_setopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private final MethodHandle setLong = curl.link("curl_easy_setopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG), Linker.Option.firstVariadicArg(2));

    @TempDir
    private Path folder = Path.of("");

    private final byte[] content = new byte[5_000_000];
    private Path file = Path.of("");

    @BeforeEach
    void writeTheFile() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.write(folder.resolve("to read"), content);
    }

    /** Reads the file through libcurl, and returns its result code. */
    private int transfer(Write write, Progress progress) throws Throwable {
        MemorySegment handle = (MemorySegment) init.invokeExact();
        try (Arena arena = Arena.ofConfined()) {
            set(handle, CURLOPT_NOSIGNAL, 1);
            set(handle, CURLOPT_URL, arena.allocateFrom(file.toUri().toASCIIString()));
            set(handle, CURLOPT_WRITEFUNCTION, WRITE.bind(write, arena));
            set(handle, CURLOPT_XFERINFOFUNCTION, PROGRESS.bind(progress, arena));
            set(handle, CURLOPT_NOPROGRESS, 0);
            return (int) perform.invokeExact(handle);
        } finally {
            cleanup.invokeExact(handle);
        }
    }

    private void set(MemorySegment handle, int option, MemorySegment value) throws Throwable {
        assertThat((int) setPointer.invokeExact(handle, option, value)).as("option %d", option).isEqualTo(CURLE_OK);
    }

    private void set(MemorySegment handle, int option, long value) throws Throwable {
        assertThat((int) setLong.invokeExact(handle, option, value)).as("option %d", option).isEqualTo(CURLE_OK);
    }

    private static Write into(ByteArrayOutputStream received) {
        return (bytes, size, count, _) -> {
            received.writeBytes(bytes.asSlice(0, size * count).toArray(JAVA_BYTE));
            return size * count;
        };
    }

    @Test
    void aWriteCallbackReceivesEveryByte() throws Throwable {
        ByteArrayOutputStream received = new ByteArrayOutputStream();

        assertThat(transfer(into(received), (_, _, _, _, _) -> 0)).isEqualTo(CURLE_OK);
        assertThat(received.toByteArray()).isEqualTo(content);
    }

    @Test
    void aProgressCallbackSeesTheTransferFromBeginningToEnd() throws Throwable {
        List<Long> totals = new ArrayList<>();
        List<Long> downloads = new ArrayList<>();
        List<Long> uploads = new ArrayList<>();

        assertThat(transfer(into(new ByteArrayOutputStream()), (_, toDownload, downloaded, toUpload, uploaded) -> {
            totals.add(toDownload);
            downloads.add(downloaded);
            uploads.add(toUpload + uploaded);
            return 0;
        })).isEqualTo(CURLE_OK);
        assertThat(totals).last().isEqualTo((long) content.length);
        assertThat(downloads).isSorted().hasSizeGreaterThan(1).last().isEqualTo((long) content.length);
        assertThat(uploads).containsOnly(0L);
    }

    @Test
    void aProgressCallbackEndsTheTransfer() throws Throwable {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        int enough = content.length / 2;

        assertThat(transfer(into(received), (_, _, downloaded, _, _) -> downloaded >= enough ? 1 : 0))
                .isEqualTo(CURLE_ABORTED_BY_CALLBACK);
        assertThat(received.size()).isBetween(enough, content.length - 1);
        assertThat(received.toByteArray()).isEqualTo(Arrays.copyOf(content, received.size()));
    }

    @Test
    void aWriteCallbackThatTakesTooLittleEndsTheTransfer() throws Throwable {
        List<Long> sizes = new ArrayList<>();

        assertThat(transfer((_, size, count, _) -> {
            sizes.add(size * count);
            return size * count - 1;
        }, (_, _, _, _, _) -> 0)).isEqualTo(CURLE_WRITE_ERROR);
        assertThat(sizes).hasSize(1);
    }
}
