// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** One more table was mapped. */
@Name("dev.salto.TableMapped")
@Label("Table Mapped")
@Description("One more table was mapped.")
@Category("Salto")
final class TableMappedEvent extends Event {
    @Label("Address")
    @Description("The address of the code table, in hexadecimal")
    String address = "";

    @Label("Trampolines")
    @Description("How many function pointers it has room for")
    int trampolines;

    @Label("Size")
    @Description("The size of its header or its blocks in bytes")
    long size;
}
