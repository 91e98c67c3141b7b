// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

/** Allows new tables, until the soak forbids them. May be used by any thread. */
final class Growth {
    private boolean hasEnded;

    /** Runs an action that may take new tables, unless it is too late. */
    synchronized void tryGrow(Runnable action) {
        if (!hasEnded) {
            action.run();
        }
    }

    /** After this method returns, nothing grows. */
    synchronized void end() {
        hasEnded = true;
    }
}
