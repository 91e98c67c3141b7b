// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

/**
 * An exception that callbacks throw on purpose. It has no stack trace, which would cost more than
 * all the rest.
 */
final class PlannedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int number;

    PlannedException(int number) {
        super("planned", null, true, false);
        this.number = number;
    }

    int number() {
        return number;
    }
}
