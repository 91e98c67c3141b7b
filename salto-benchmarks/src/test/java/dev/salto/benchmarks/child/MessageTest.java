// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages of measuring programs to their parent. */
final class MessageTest {
    static Message[] messages() {
        return new Message[]{new Message.Sample("call-one", 21.5), new Message.Unmeasured("call-struct", "no structs"),
            new Message.PeerSample("bind-address-by-turns", "libffi", 12.3), new Message.Live(320_000),
            new Message.Limit(324_123, "OutOfMemoryError: no stub"),
            new Message.Failure("no library")};
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsPrintedIsUnderstood(Message message) {
        assertThat(Message.parse(message.line())).hasValue(message);
    }

    @Test
    void whatLibrariesPrintIsNoMessage() {
        assertThat(Message.parse("[LWJGL] Version: 3.4.3")).isEmpty();
        assertThat(Message.parse("sample of something")).isEmpty();
        assertThat(Message.parse("")).isEmpty();
    }

    @Test
    void aReasonOfSeveralLinesStaysOneLine() {
        assertThat(new Message.Failure("a\n\tb").line()).isEqualTo("failure\ta  b");
    }

    @Test
    void anExceptionIsDescribedByTheFirstThatSaysSomething() {
        assertThat(Message.describe(new ExceptionInInitializerError(new OutOfMemoryError("no stub"))))
                .isEqualTo("OutOfMemoryError: no stub");
        assertThat(Message.describe(new UnsupportedOperationException("no libffi"))).isEqualTo("no libffi");
        assertThat(Message.describe(new StackOverflowError())).isEqualTo("StackOverflowError");
    }
}
