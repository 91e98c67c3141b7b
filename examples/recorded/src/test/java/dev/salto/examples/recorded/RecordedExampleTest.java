// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SQLite and a signal handler write into a queue. */
final class RecordedExampleTest {
    @Test
    void messagesAndSignalsAreTakenInTheirOrder() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        try (RecordedExample example = new RecordedExample(lines::add)) {
            example.execute("SELECT no_such_column");
            example.raise();
            example.raise();
            example.execute("SELEKT 1");
        }
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("SQLite says 1: ").contains("no_such_column");
        assertThat(lines.subList(1, 3)).containsOnly("signal 10");
        assertThat(lines.get(3)).startsWith("SQLite says 1: ").contains("SELEKT");
    }
}
