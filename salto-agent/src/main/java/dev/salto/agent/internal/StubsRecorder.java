// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import jdk.jfr.FlightRecorder;

/** Uses the classes of the Flight Recorder, which is not in every runtime image. */
final class StubsRecorder implements Runnable {
    private final StubCounts counts;

    private StubsRecorder(StubCounts counts) {
        this.counts = counts;
    }

    static void start(StubCounts counts) {
        FlightRecorder.addPeriodicEvent(StubsEvent.class, new StubsRecorder(counts));
    }

    @Override
    public void run() {
        counts.callers().forEach((name, caller) -> {
            if (caller.stubs() != 0) {
                commit(name, "", caller.stubs());
            }
        });
        counts.reasons().forEach((reason, count) -> commit("", reason, count.sum()));
    }

    private static void commit(String caller, String reason, long count) {
        StubsEvent event = new StubsEvent();
        event.caller = caller;
        event.reason = reason;
        event.count = count;
        event.commit();
    }
}
