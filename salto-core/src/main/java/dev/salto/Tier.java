// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/** How calls of a {@link CallInterface}'s closures are read. Callers do not notice which it is, nor when it changes. */
public enum Tier {
    /**
     * Data-driven at first. When closures of {@link CallHandler}s have been called a few thousand
     * times, and the JDK's linker can express the type, calls go through a gate, where the JIT
     * compiler can remove the boxing. An {@link ArgumentHandler} is called as fast without one.
     */
    AUTOMATIC,
    /** Data-driven for good: nothing is made for the type, however often its closures are called. */
    DATA_DRIVEN,
    /** Through a gate from the beginning: an upcall stub of the JDK that all closures of the type share. Milliseconds for the first, and faster calls. */
    GATE
}
