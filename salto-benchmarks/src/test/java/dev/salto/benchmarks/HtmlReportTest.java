// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for a browser. */
final class HtmlReportTest {
    private final Results results = new Results();

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void measureSomething() {
        results.add(Figure.createLive(Size.K100), "salto", 25);
        results.add(Figure.createLive(Size.K100), "jdk", 4000);
        results.add(Figure.closeInOrder(Size.K100), "salto", 70);
        results.add(Figure.MOST_LIVE, "jdk", 324_000);
        results.note(Figure.MOST_LIVE, "jdk", "at about 324,000 live: code cache < 1 MB");
        results.unmeasured(Figure.CALL_ONE, "jna", "it is \"not\" there");
    }

    private String page() throws IOException {
        Path file = folder.resolve("figures.html");
        new HtmlReport(results, "Measured here").write(file);
        return Files.readString(file);
    }

    @Test
    void hasTablesBarsAndChartsOfAllThatWasMeasured() throws Exception {
        assertThat(page())
                .contains("<th scope=\"row\">create, 100,000 live, in recycled memory</th>",
                        "<td class=\"number\">4,000</td>", "<td class=\"met\">met</td>",
                        "<td class=\"not-met\">NOT met</td>", "<div class=\"bar salto\" style=\"width: 0.63%\">",
                        "<div class=\"bar\" style=\"width: 100.00%\">", "<figure><svg ", ">callbacks live<",
                        "<p>Measured here.")
                .doesNotContain("<?xml", "<!DOCTYPE svg");
    }

    @Test
    void showsTextAsTextAndNotAsMarkup() throws Exception {
        assertThat(page()).contains("<li>jdk at about 324,000 live: code cache &lt; 1 MB</li>",
                "<li>jna: it is &quot;not&quot; there (call-one)</li>");
    }

    @Test
    void needsNoOtherFile() throws Exception {
        assertThat(page()).contains("prefers-color-scheme: dark")
                .doesNotContain("<link", "<script", "src=", "@import", "href=\"");
    }

    @Test
    void leavesOutWhatWasNotMeasured() throws Exception {
        new HtmlReport(new Results(), "Nothing").write(folder.resolve("empty.html"));

        assertThat(folder.resolve("empty.html")).content().doesNotContain("<section>", "<table>", "<svg ");
    }
}
