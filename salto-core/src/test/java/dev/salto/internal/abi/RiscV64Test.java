// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.MemoryLayout.unionLayout;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import org.junit.jupiter.api.Test;

/** Where values travel on RISC-V, and what is special about it. */
final class RiscV64Test extends Lp64dRules {
    private final Port port = new RiscV64();

    RiscV64Test() {
        super(new RiscV64());
    }

    @Test
    void structsThatTheLinkerTakesApartAreRefused() {
        MemoryLayout mistaken = structLayout(unionLayout(JAVA_FLOAT, JAVA_INT));

        assertThatThrownBy(() -> port.requireLinkable(FunctionDescriptor.ofVoid(mistaken)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(mistaken.toString(), "unions", "pass a pointer");
        port.requireLinkable(FunctionDescriptor.ofVoid(unionLayout(JAVA_FLOAT, JAVA_INT),
                structLayout(unionLayout(JAVA_INT, JAVA_BYTE)), structLayout(JAVA_FLOAT, JAVA_INT)));
    }

    @Test
    void theDeadEntryIsTheOneForTheFloatsInTheResult() {
        assertThat(dead(JAVA_DOUBLE)).isEqualTo("dead");
        assertThat(dead(structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG))).isEqualTo("dead");
        assertThat(dead(JAVA_FLOAT)).isEqualTo("dead_float");
        assertThat(dead(structLayout(JAVA_FLOAT, JAVA_FLOAT))).isEqualTo("dead_float");
        assertThat(dead(structLayout(JAVA_INT, JAVA_FLOAT))).isEqualTo("dead_float");
        assertThat(dead(structLayout(JAVA_FLOAT, paddingLayout(4), JAVA_DOUBLE))).isEqualTo("dead_float_double");
        assertThat(dead(structLayout(JAVA_DOUBLE, JAVA_FLOAT, paddingLayout(4)))).isEqualTo("dead_double_float");
    }

    private String dead(MemoryLayout result) {
        return port.trailingArgument(FunctionDescriptor.of(result)).dead();
    }
}
