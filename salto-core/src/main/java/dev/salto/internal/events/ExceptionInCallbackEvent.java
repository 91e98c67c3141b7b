// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** An exception left a callback. */
@Name("dev.salto.ExceptionInCallback")
@Label("Exception in Callback")
@Description("An exception left a callback.")
@Category("Salto")
final class ExceptionInCallbackEvent extends Event {
    @Label("Exception")
    @Description("The name of its class")
    String exception = "";

    @Label("Message")
    @Description("Its message")
    String message = "";

    @Label("Carried")
    @Description("Whether a guard carries it to the Java code that called native code")
    boolean isCarried;
}
