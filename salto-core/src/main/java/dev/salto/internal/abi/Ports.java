// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry of ports: an architecture is supported when {@link #registered} has an entry for it. */
public final class Ports {
    private static final Optional<Port> THIS_JVM = find();

    private Ports() {}

    private static Optional<Port> find() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        List<Port> ports = registered(System.getProperty("os.arch"));
        return !ports.isEmpty() && ports.getFirst().isForThisJvm() ? Optional.of(ports.getFirst()) : Optional.empty();
    }

    /**
     * Makes the port that is asked for and no other, because loading their classes takes time when a process starts.
     *
     * @param nameInJvm the architecture's name in the system property {@code os.arch}; null for all ports
     */
    private static List<Port> registered(@Nullable String nameInJvm) {
        List<Port> ports = new ArrayList<>();
        if (nameInJvm == null || nameInJvm.equals("amd64")) {
            ports.add(new SysVX64());
        }
        if (nameInJvm == null || nameInJvm.equals("i386")) {
            ports.add(new SysVI386());
        }
        if (nameInJvm == null || nameInJvm.equals("aarch64")) {
            ports.add(new Aapcs64());
        }
        if (nameInJvm == null || nameInJvm.equals("arm")) {
            ports.add(new Aapcs32());
        }
        if (nameInJvm == null || nameInJvm.equals("ppc64le")) {
            ports.add(new ElfV2Ppc64());
        }
        if (nameInJvm == null || nameInJvm.equals("riscv64")) {
            ports.add(new RiscV64());
        }
        if (nameInJvm == null || nameInJvm.equals("s390x")) {
            ports.add(new S390x());
        }
        if (nameInJvm == null || nameInJvm.equals("loongarch64")) {
            ports.add(new LoongArch64());
        }
        return ports;
    }

    /** The port for the JVM that runs, if there is one. */
    public static Optional<Port> thisJvm() {
        return THIS_JVM;
    }

    /** The architectures that have a port, for messages. */
    public static String supported() {
        return registered(null).stream().map(Port::architecture).collect(Collectors.joining(", "));
    }
}
