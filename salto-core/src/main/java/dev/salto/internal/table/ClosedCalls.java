// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StackRoom;
import dev.salto.internal.failure.StaleCalls;

/** Calls of closures that were closed. */
public final class ClosedCalls {
    /** How many calls a report takes that is logged. */
    private static final int FRAMES = 200;

    private ClosedCalls() {}

    /** Reports one whose caller is not known. Throws nothing. */
    public static void report(int id) {
        report(id, 0);
    }

    /**
     * Reports one. Throws nothing.
     *
     * @param returnAddress the address behind the call; 0 if it is not known
     */
    public static void report(int id, long returnAddress) {
        try {
            StackRoom.require(FRAMES);
            StaleCalls.report(Tables.staleCall(id, returnAddress));
        } catch (Throwable e) {
            StaleCalls.reportFailed(e);
        }
    }
}
