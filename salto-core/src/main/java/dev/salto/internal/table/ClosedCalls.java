// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.StackRoom;
import dev.salto.internal.failure.StaleCalls;

/** Reports calls of closed closures. */
public final class ClosedCalls {
    /** The number of nested calls to log a report. */
    private static final int FRAMES = 200;

    private ClosedCalls() {}

    /** Reports a call with an unknown caller. Throws nothing. */
    public static void report(int id) {
        report(id, 0);
    }

    /**
     * Reports a call. Throws nothing.
     *
     * @param returnAddress the return address of the call; 0 if it is not known
     */
    public static void report(int id, long returnAddress) {
        try {
            StackRoom.require(FRAMES);
            StaleCalls.report(Tables.staleCall(id, returnAddress), Tables.kind(id).settings());
        } catch (Throwable e) {
            StaleCalls.reportFailed(e);
        }
    }
}
