// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of single values. */
final class ResultsTest {
    private static final Figure CREATE = Figure.createLive(Size.K100);

    private final Results results = new Results();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theMedianIsTheValueInTheMiddleOrTheMeanOfTwo() {
        for (double value : new double[]{30, 10, 1000}) {
            results.add(CREATE, "salto", value);
        }
        assertThat(results.of(CREATE, "salto")).hasValue(new Statistics(30, 10, 1000, "ns", null));

        results.add(CREATE, "salto", 40);
        assertThat(results.median(CREATE, "salto")).hasValue(35);
    }

    @Test
    void theFileHasTheFiguresByTheirKeysAndThePeersByTheirs() throws Exception {
        results.add(Figure.CALL_ONE, "jdk", 21.5);
        results.add(CREATE, "salto", 25);
        results.add(CREATE, "jdk", 4000);
        Path file = folder.resolve("figures.json");
        results.write(file);

        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(names(json)).containsExactly("create-100k-live", "call-one");
        assertThat(names(json.get("create-100k-live"))).containsExactlyInAnyOrder("salto", "jdk");
        JsonNode salto = json.get("create-100k-live").get("salto");
        assertThat(names(salto)).containsExactly("median", "min", "max", "unit");
        assertThat(salto.get("median").asDouble()).isEqualTo(25);
        assertThat(salto.get("unit").asText()).isEqualTo("ns");
    }

    @Test
    void whatWasWrittenCanBeRead() throws Exception {
        results.add(CREATE, "salto", 25);
        results.add(Figure.MOST_LIVE, "jdk", 324_000);
        results.note(Figure.MOST_LIVE, "jdk", "no code cache is left");
        Path file = folder.resolve("figures.json");
        results.write(file);

        Results read = Results.read(file);
        assertThat(read.of(CREATE, "salto")).isEqualTo(results.of(CREATE, "salto"));
        assertThat(read.of(Figure.MOST_LIVE, "jdk").orElseThrow().note()).isEqualTo("no code cache is left");
        assertThat(read.of(CREATE, "jdk")).isEmpty();
    }

    @Test
    void whatWasMeasuredInTheEndNeedsNoReason() {
        results.unmeasured(CREATE, "jna", "it was stopped");
        results.unmeasured(Figure.CALL_ONE, "jna", "it was stopped");
        assertThat(results.whyUnmeasured(CREATE, "jna")).hasValue("it was stopped");

        results.add(CREATE, "jna", 6000);
        assertThat(results.whyUnmeasured(CREATE, "jna")).isEmpty();
        assertThat(results.unmeasured()).containsExactlyEntriesOf(
                Map.of("it was stopped", List.of(new Results.Cell("call-one", "jna"))));
    }

    @Test
    void peersComeInTheOrderThatIsAskedForIfTheyHaveAValue() {
        results.add(CREATE, "direct", 1);
        results.add(CREATE, "jdk", 1);
        results.add(CREATE, "salto", 1);
        results.unmeasured(CREATE, "jna", "it is not there");

        assertThat(results.peers(List.of("salto", "jdk", "jna"))).containsExactly("salto", "jdk", "direct");
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
