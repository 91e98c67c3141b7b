// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** Closures of one type and label that are open when a chunk of the recording ends. */
@Name("dev.salto.OpenClosures")
@Label("Open Closures")
@Description("Closures of one type and label that are open when a chunk of the recording ends.")
@Category("Salto")
@Period("endChunk")
@StackTrace(false)
final class OpenClosuresEvent extends Event {
    @Label("Type")
    @Description("What the closures are, in Java and in C")
    String type = "";

    @Label("Label")
    @Description("Their label; empty if they have none")
    String label = "";

    @Label("Bound At")
    @Description("The innermost frame of where they were bound; empty if that is not traced")
    String boundAt = "";

    @Label("Count")
    @Description("How many there are")
    long count;
}
