// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Statistics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** The verdict, given numbers that are right but for one. */
final class OutcomeTest {
    private static final long AMOUNT = 100;
    private static final long TABLES = 8;
    private static final long MEMORY = 400L << 20;
    private static final Statistics NONE = new Given(5, 5, TABLES, 1, 2, 3, 0);
    private static final Statistics RIGHT = new Given(5 + AMOUNT, 5 + AMOUNT, TABLES, 1, 2 + AMOUNT, 3 + AMOUNT,
            0);

    private record Given(long bound, long closed, long tables, long gates, long usesAfterFree, long exceptions,
            long stubs) implements Statistics {}

    private static Sample sample(long residentBytes, long tables) {
        return new Sample(Duration.ofSeconds(60), 1,
                Arrays.stream(Work.values()).collect(Collectors.toMap(Function.identity(), _ -> AMOUNT)),
                residentBytes, tables);
    }

    private static Outcome outcome(Statistics after, long residentBytes, long tables, long noticed) {
        return new Outcome(NONE, after, sample(MEMORY, TABLES), sample(residentBytes, tables),
                new Outcome.Highest(residentBytes, tables), noticed, List.of(), 0, List.of());
    }

    private static Outcome outcome(Statistics after) {
        return outcome(after, MEMORY, TABLES, AMOUNT);
    }

    @Test
    void nothingIsWrongIfNothingIs() {
        assertThat(outcome(RIGHT).faults()).isEmpty();
        assertThat(Summary.of(outcome(RIGHT), Ansi.OFF)).contains("Everything was right");
    }

    @Test
    void aClosureThatWasNotClosedIsWrong() {
        Statistics open = new Given(5 + AMOUNT, 4 + AMOUNT, TABLES, 1, 2 + AMOUNT, 3 + AMOUNT, 0);

        assertThat(outcome(open).faults()).singleElement().asString().contains("closed", "99");
        assertThat(Summary.of(outcome(open), Ansi.OFF)).containsPattern("closures left open +1 ")
                .contains("Something was wrong").doesNotContain("Everything was right");
    }

    @Test
    void aClosureThatWasNotCountedIsWrong() {
        assertThat(outcome(new Given(4 + AMOUNT, 4 + AMOUNT, TABLES, 1, 2 + AMOUNT, 3 + AMOUNT, 0)).faults())
                .singleElement().asString().contains("bound", "99");
    }

    @Test
    void aCallOfAClosedClosureThatWasNotNoticedIsWrong() {
        assertThat(outcome(new Given(5 + AMOUNT, 5 + AMOUNT, TABLES, 1, 1 + AMOUNT, 3 + AMOUNT, 0)).faults())
                .hasSize(2);
        assertThat(outcome(RIGHT, MEMORY, TABLES, AMOUNT - 1).faults()).singleElement().asString()
                .contains("policy", "99");
    }

    @Test
    void anExceptionThatWasNotCountedIsWrong() {
        assertThat(outcome(new Given(5 + AMOUNT, 5 + AMOUNT, TABLES, 1, 2 + AMOUNT, 2 + AMOUNT, 0)).faults())
                .singleElement().asString().contains("exceptions", "99");
    }

    @Test
    void oneMoreTableIsWrongAndALittleMoreMemoryIsNot() {
        long tolerated = MEMORY + Outcome.TOLERATED_BYTES;

        assertThat(outcome(RIGHT, tolerated, TABLES, AMOUNT).faults()).isEmpty();
        assertThat(outcome(RIGHT, tolerated + 1024, TABLES, AMOUNT).faults()).singleElement().asString()
                .contains("grew by 65,537 KiB");
        long most = TABLES + Outcome.toleratedTables(TABLES);
        assertThat(outcome(RIGHT, MEMORY, most, AMOUNT).faults()).isEmpty();
        assertThat(outcome(RIGHT, MEMORY, most + 1, AMOUNT).faults()).singleElement().asString()
                .contains("tables", Long.toString(most + 1));
    }

    @Test
    void wrongAnswersAndWritableCodeAreShown() {
        Outcome outcome = new Outcome(NONE, RIGHT, sample(MEMORY, TABLES), sample(MEMORY, TABLES),
                new Outcome.Highest(MEMORY, TABLES), AMOUNT, List.of("rwxp"), 3, List.of("6 times 7 is 41"));

        assertThat(outcome.faults()).containsExactly("6 times 7 is 41", "and 2 more like these",
                "a mapping is writable and executable: rwxp");
        assertThat(Summary.of(outcome, Ansi.OFF)).contains("- 6 times 7 is 41");
    }
}
