// SPDX-License-Identifier: Apache-2.0

/** The command line of Salto. */
module dev.salto.cli {
    requires static org.jspecify;
    requires ascii.table;
    requires com.fasterxml.jackson.databind;
    requires dev.salto;
    requires dev.salto.text;
    requires info.picocli;
    requires java.logging;
    requires java.management;

    opens dev.salto.cli to
            com.fasterxml.jackson.databind,
            info.picocli;
}
