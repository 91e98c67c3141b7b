// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Native code called a closed closure. */
@Name("dev.salto.ClosureUsedAfterFree")
@Label("Closure Used After Free")
@Description("Native code called a closure that was closed.")
@Category("Salto")
final class ClosureUsedAfterFreeEvent extends Event {
    @Label("Type")
    @Description("What the closure was, in Java and in C")
    String type = "";

    @Label("Target Class")
    @Description("The name of the class of the object that it was bound to")
    String targetClass = "";

    @Label("Return Address")
    @Description("The return address of the call, in hexadecimal; 0x0 if it is not known")
    String returnAddress = "";
}
