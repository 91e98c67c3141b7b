// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry of ports: an architecture is supported when it has a line here, and its name in the JVM is in the list. */
public final class Ports {
    /** What {@code os.arch} can be. */
    private static final List<String> NAMES_IN_JVM = List.of("amd64", "i386", "aarch64", "arm", "ppc64le", "riscv64",
            "s390x", "loongarch64");

    private static final Optional<Port> THIS_JVM = find();

    private Ports() {}

    private static Optional<Port> find() {
        Port port = System.getProperty("os.name").equals("Linux") ? port(System.getProperty("os.arch")) : null;
        return port != null && port.isForThisJvm() ? Optional.of(port) : Optional.empty();
    }

    /** Makes one port and no other, because loading their classes takes time when a process starts. */
    private static @Nullable Port port(String nameInJvm) {
        return switch (nameInJvm) {
            case "amd64" -> new SysVX64();
            case "i386" -> new SysVI386();
            case "aarch64" -> new Aapcs64();
            case "arm" -> new Aapcs32();
            case "ppc64le" -> new ElfV2Ppc64();
            case "riscv64" -> new RiscV64();
            case "s390x" -> new S390x();
            case "loongarch64" -> new LoongArch64();
            default -> null;
        };
    }

    /** The port for the JVM that runs, if there is one. */
    public static Optional<Port> thisJvm() {
        return THIS_JVM;
    }

    /** The architectures that have a port, for messages. */
    public static String supported() {
        return NAMES_IN_JVM.stream()
                .map(name -> Objects.requireNonNull(port(name), name).architecture())
                .collect(Collectors.joining(", "));
    }
}
