// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import java.util.ArrayList;
import java.util.List;

/** Where threads are in Java. */
public final class JavaFrames {
    private static final String OWN = "dev.salto.internal.";

    private JavaFrames() {}

    /**
     * The frames of a thread, innermost first, from the first one that does not belong to Salto's
     * internals.
     *
     * @param place made by the thread
     */
    public static List<StackTraceElement> of(Throwable place) {
        List<StackTraceElement> frames = new ArrayList<>();
        for (StackTraceElement frame : place.getStackTrace()) {
            if (!frames.isEmpty() || !frame.getClassName().startsWith(OWN)) {
                frames.add(frame);
            }
        }
        return frames;
    }
}
