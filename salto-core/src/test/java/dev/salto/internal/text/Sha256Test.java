// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The digest, beside the JDK's. */
final class Sha256Test {
    @Test
    void itIsTheJdksForEveryLengthUpToSomeBlocks() throws Exception {
        Random random = new Random(256);
        MessageDigest jdk = MessageDigest.getInstance("SHA-256");
        for (int length = 0; length < 300; length++) {
            byte[] content = new byte[length];
            random.nextBytes(content);

            assertThat(Sha256.hex(ByteBuffer.wrap(content))).isEqualTo(HexFormat.of().formatHex(jdk.digest(content)));
        }
    }

    @Test
    void itIsTheJdksForAWholeCodeTableOutsideOfTheHeap() throws Exception {
        byte[] content = new byte[0x10000];
        new Random(1).nextBytes(content);
        ByteBuffer direct = ByteBuffer.allocateDirect(content.length).put(content).flip();

        assertThat(Sha256.hex(direct))
                .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
        assertThat(direct.remaining()).isEqualTo(content.length);
    }
}
