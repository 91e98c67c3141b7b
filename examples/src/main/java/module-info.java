// SPDX-License-Identifier: Apache-2.0

/** Examples of how to use Salto. */
module dev.salto.examples {
    requires static org.jspecify;
    requires dev.salto;
    requires jdk.httpserver;

    exports dev.salto.examples;
}
