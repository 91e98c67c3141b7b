// SPDX-License-Identifier: Apache-2.0

/**
 * The native code of Salto, and its build. It has the text images, which {@code dev.salto} takes as
 * files, and native callers for tests, demo and benchmarks.
 */
module dev.salto.text {
    requires static org.jspecify;
    requires java.management;
    // For the build; nothing that uses the callers needs them.
    requires static info.picocli;
    requires static net.fornwall.jelf;
    requires static org.apache.commons.compress;

    exports dev.salto.text.callers;

    opens dev.salto.text.build to
            info.picocli;
}
