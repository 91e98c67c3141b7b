// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * How the arguments of a {@link CallInterface}'s closures reach Java. Native callers see no
 * difference.
 */
public enum Tier {
    /**
     * Data-driven at first. After a few thousand calls of a {@link CallHandler}'s closures, calls
     * go through a gate if the JDK's linker supports the type. There the JIT compiler can remove
     * the boxing. An {@link ArgumentHandler} gets no gate, because it is as fast without one.
     */
    AUTOMATIC,
    /**
     * Data-driven for good: no code is made for the type, however often its closures are called.
     * Where closures are {@linkplain Mechanism#UPCALL_STUBS upcall stubs}, it is refused.
     */
    DATA_DRIVEN,
    /**
     * Through a gate from the beginning: an upcall stub of the JDK that all closures of the type
     * share. The first closure takes milliseconds; calls are faster.
     */
    GATE
}
