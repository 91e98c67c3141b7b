// SPDX-License-Identifier: Apache-2.0

/**
 * The native code of Salto, and what builds it: the text images for {@code dev.salto}, which takes
 * them as files, and native callers of function pointers for tests, demo and benchmarks.
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
