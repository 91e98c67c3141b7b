// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.FlightRecorder;

/**
 * Uses the classes of the Flight Recorder. It is apart from {@link Events}, whose verification must
 * not load them.
 */
final class Recorder {
    /** Found out when a recorder runs for the first time. */
    private static final class Writer {
        /**
         * The recorder makes the classes of events use this one. In OSGi a bundle does not see it,
         * unless the framework is told to delegate its package.
         */
        static final boolean IS_VISIBLE = Events.isVisible("jdk.jfr.internal.event.EventWriter");
    }

    private Recorder() {}

    static boolean isRunning() {
        return FlightRecorder.isInitialized() && Writer.IS_VISIBLE;
    }

    static void tableMapped(String address, int trampolines, long size) {
        TableMappedEvent event = new TableMappedEvent();
        event.address = address;
        event.trampolines = trampolines;
        event.size = size;
        event.commit();
    }

    static void gateMade(String type) {
        GateMadeEvent event = new GateMadeEvent();
        event.type = type;
        event.commit();
    }

    static void usedAfterFree(String type, String targetClass, String returnAddress) {
        ClosureUsedAfterFreeEvent event = new ClosureUsedAfterFreeEvent();
        event.type = type;
        event.targetClass = targetClass;
        event.returnAddress = returnAddress;
        event.commit();
    }

    static void openClosures(String type, String label, String boundAt, long count) {
        OpenClosuresEvent event = new OpenClosuresEvent();
        event.type = type;
        event.label = label;
        event.boundAt = boundAt;
        event.count = count;
        event.commit();
    }

    static void atEndOfChunks(Runnable report) {
        FlightRecorder.addPeriodicEvent(OpenClosuresEvent.class, report);
    }

    static void exceptionInCallback(String exception, String message, boolean isCarried) {
        ExceptionInCallbackEvent event = new ExceptionInCallbackEvent();
        event.exception = exception;
        event.message = message;
        event.isCarried = isCarried;
        event.commit();
    }

    static void fallbackInUse(String reason) {
        FallbackInUseEvent event = new FallbackInUseEvent();
        event.reason = reason;
        event.commit();
    }
}
