// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Attributes of files. SELinux's labels are attributes that end with a zero. */
@Tag("host") // the same code on every architecture
final class FileAttributeTest {
    @Test
    void anAttributeOfAnOpenFileIsReadWithoutTheZeroBehindIt() throws Exception {
        // In the build's folder, because not every kernel has attributes in a tmpfs.
        Path file = Files.createTempFile(Path.of("target"), "attribute", "");
        try {
            int _ = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class).write("label",
                    ByteBuffer.wrap("system_u:object_r:usr_t:s0\0".getBytes(StandardCharsets.UTF_8)));
            LinuxCalls calls = new LinuxCalls();
            int descriptor = calls.openForReading(file);
            try {
                assertThat(calls.attribute(descriptor, "user.label")).isEqualTo("system_u:object_r:usr_t:s0");
                assertThat(calls.attribute(descriptor, "user.none")).isNull();
            } finally {
                calls.close(descriptor);
            }
        } finally {
            Files.delete(file);
        }
    }
}
