// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A gate was made: the upcall stub and the dispatcher of a signature. */
@Name("dev.salto.GateMade")
@Label("Gate Made")
@Description("A gate was made: the upcall stub and the dispatcher of a signature.")
@Category("Salto")
final class GateMadeEvent extends Event {
    @Label("Type")
    @Description("What its closures are, in Java and in C")
    String type = "";
}
