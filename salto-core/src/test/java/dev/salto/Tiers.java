// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.stream.Stream;

/** The tiers of call interfaces that this JVM has. */
final class Tiers {
    private Tiers() {}

    /** All of them; without a port, none of their closures is data-driven. */
    static Stream<Tier> here() {
        return Stream.of(Tier.values())
                .filter(tier -> tier != Tier.DATA_DRIVEN || Salto.report().mechanism() == Mechanism.TRAMPOLINES);
    }
}
