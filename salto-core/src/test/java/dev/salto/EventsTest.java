// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events for the JDK's Flight Recorder, in a JVM that it records from the start. */
@Tag("host")
final class EventsTest {
    @TempDir
    private Path folder = Path.of("");

    private List<RecordedEvent> record(String... options) throws Exception {
        return recordOf("Failures", options);
    }

    private List<RecordedEvent> recordOf(String program, String... options) throws Exception {
        Path file = folder.resolve("events.jfr");
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = "-XX:StartFlightRecording:settings=none,filename=" + file;
        ChildJvm child = ChildJvm.run(ChildJvm.libraryClasses(), program, all);
        assertThat(child.exitCode()).as("%s", child.output()).isZero();
        assertThat(file).isNotEmptyFile();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        Files.delete(file);
        return events.stream().filter(event -> event.getEventType().getName().startsWith("dev.salto.")).toList();
    }

    private static RecordedEvent first(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals("dev.salto." + name)).findFirst()
                .orElseThrow(() -> new AssertionError("no %s in %s".formatted(name, events)));
    }

    @Test
    void openClosuresAreToldOfWhenTheRecordingEnds() throws Exception {
        List<RecordedEvent> events = recordOf("Forgetful", "-Ddev.salto.trace.bind=true");

        RecordedEvent open = first(events, "OpenClosures");
        assertThat(open.getString("type")).startsWith("java.util.function.IntBinaryOperator");
        assertThat(open.getString("label")).isEqualTo("forgotten");
        assertThat(open.getString("boundAt")).contains("Forgetful.main");
        assertThat(open.getLong("count")).isEqualTo(3);
    }

    @Test
    void eachEventHasItsFields() throws Exception {
        List<RecordedEvent> events = record();

        String type = "java.util.function.IntBinaryOperator, int(int, int)";
        assertThat(first(events, "GateMade").getString("type")).isEqualTo(type);
        RecordedEvent table = first(events, "TableMapped");
        assertThat(table.getString("address")).matches("0x[0-9a-f]+");
        assertThat(table.getInt("trampolines")).isPositive();
        assertThat(table.getLong("size")).isGreaterThan(table.getInt("trampolines"));
        RecordedEvent stale = first(events, "ClosureUsedAfterFree");
        assertThat(stale.getString("type")).isEqualTo(type);
        assertThat(stale.getString("targetClass")).startsWith("dev.salto.child.Failures");
        assertThat(stale.getString("returnAddress")).isEqualTo("0x0");
        assertThat(stale.getThread().getJavaName()).isEqualTo("main");
        RecordedEvent exception = first(events, "ExceptionInCallback");
        assertThat(exception.getString("exception")).isEqualTo(IllegalStateException.class.getName());
        assertThat(exception.getString("message")).isEqualTo("of the callback");
        assertThat(exception.getBoolean("isCarried")).isFalse();
    }

    @Test
    void threadsMakeTheFirstTablesAtTheSameTimeDuringARecording() throws Exception {
        List<RecordedEvent> events = recordOf("FirstTables");

        first(events, "TableMapped");
    }

    @Test
    void theFallbackIsAnEventToo() throws Exception {
        List<RecordedEvent> events = record("-Ddev.salto.fallback=upcall-stubs", "-Ddev.salto.text.sources=property");

        assertThat(first(events, "FallbackInUse").getString("reason")).isNotBlank();
        assertThat(first(events, "ClosureUsedAfterFree").getString("returnAddress")).isEqualTo("0x0");
    }
}
