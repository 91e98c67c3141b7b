// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** The upcall stubs of a caller so far, when a chunk of the recording ends. */
@Name("dev.salto.AgentStubs")
@Label("Upcall Stubs Through the Agent")
@Description("The upcall stubs of a caller so far, or those that the JDK made for a reason.")
@Category("Salto")
@Period("endChunk")
@StackTrace(false)
final class StubsEvent extends Event {
    @Label("Caller")
    @Description("The class that asked for them; empty if the JDK made them")
    String caller = "";

    @Label("Reason")
    @Description("Why the JDK made them, or refused; empty if they are static trampolines")
    String reason = "";

    @Label("Count")
    @Description("How many there were so far")
    long count;
}
