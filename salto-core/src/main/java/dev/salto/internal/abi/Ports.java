// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The registry of ports: an architecture is supported when it has a line here. */
public final class Ports {
    private static final List<Port> ALL = List.of(
            new SysVX64(),
            new SysVI386(),
            new Aapcs64(),
            new Aapcs32(),
            new ElfV2Ppc64(),
            new RiscV64(),
            new S390x(),
            new LoongArch64());

    private static final Optional<Port> THIS_JVM = ALL.stream().filter(Port::isForThisJvm).findFirst();

    private Ports() {}

    /** The port for the JVM that runs, if there is one. */
    public static Optional<Port> thisJvm() {
        return THIS_JVM;
    }

    /** The architectures that have a port, for messages. */
    public static String supported() {
        return ALL.stream().map(Port::architecture).collect(Collectors.joining(", "));
    }
}
