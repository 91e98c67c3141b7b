// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** Static trampolines do not work, and closures are upcall stubs, as the policy allows. */
@Name("dev.salto.FallbackInUse")
@Label("Fallback in Use")
@Description("Static trampolines do not work, and closures are upcall stubs, as the policy allows.")
@Category("Salto")
final class FallbackInUseEvent extends Event {
    @Label("Reason")
    @Description("Why static trampolines do not work")
    String reason = "";
}
