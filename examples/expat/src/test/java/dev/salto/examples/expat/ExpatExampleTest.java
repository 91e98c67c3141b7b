// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.expat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expat calls Java. */
final class ExpatExampleTest {
    /** Writes down what it hears. */
    private static class Notes implements ExpatExample.Reader {
        final List<String> lines = new ArrayList<>();

        @Override
        public void start(String name, Map<String, String> attributes) {
            lines.add("<" + name + attributes);
        }

        @Override
        public void text(String text) {
            lines.add(text);
        }

        @Override
        public void end(String name) {
            lines.add(">" + name);
        }
    }

    @Test
    void aJavaObjectHearsOfElementsAttributesAndText() {
        Notes notes = new Notes();
        ExpatExample.parse("<all a='1' b='zwei'><one>né</one><two/></all>", notes);

        assertThat(notes.lines).containsExactly("<all{a=1, b=zwei}", "<one{}", "né", ">one", "<two{}", ">two", ">all");
    }

    @Test
    void aMalformedDocumentIsRefusedWithTheLine() {
        assertThatThrownBy(() -> ExpatExample.parse("<all>\n<one>\n</two></all>", new Notes()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("line 3: mismatched tag");
    }

    @Test
    void anExceptionOfTheReaderReachesTheCallerAndNothingIsReadAfterIt() {
        Notes notes = new Notes() {
            @Override
            public void text(String text) {
                throw new UnsupportedOperationException(text);
            }
        };

        assertThatThrownBy(() -> ExpatExample.parse("<all><one>text</one><two/></all>", notes))
                .isInstanceOf(UnsupportedOperationException.class).hasMessage("text");
        assertThat(notes.lines).containsExactly("<all{}", "<one{}");
    }
}
