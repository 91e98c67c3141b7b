// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The charts. */
final class ChartsTest {
    private final Results results = new Results();

    @TempDir
    private Path folder = Path.of("");

    @Test
    void eachPeerThatWasMeasuredHasALine() throws Exception {
        results.add(Figure.createLive(Size.K1), "salto", 25);
        results.add(Figure.createLive(Size.K100), "salto", 26);
        results.add(Figure.createLive(Size.K100), "jnr-ffi", 260);
        Path chart = folder.resolve("new/creation.svg");

        assertThat(Charts.draw(results, folder.resolve("new"))).containsExactly(chart);
        assertThat(chart).content().startsWith("<?xml")
                .contains(">salto<", ">jnr-ffi<", ">callbacks live<", ">100,000<")
                .doesNotContain(">jdk<");
    }

    @Test
    void eachPeerHasAColourOfItsOwn() {
        assertThat(Peer.values()).extracting(Charts::colour).doesNotHaveDuplicates();
    }

    @Test
    void whatIsNotAboveZeroIsLeftOut() throws Exception {
        results.add(Figure.nativeBytes(Size.K100), "salto", -3);

        assertThat(Charts.draw(results, folder)).isEmpty();
    }
}
