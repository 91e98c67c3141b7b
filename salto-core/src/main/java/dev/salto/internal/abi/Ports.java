// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import dev.salto.internal.os.Os;
import java.lang.foreign.FunctionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The registry of ports: an architecture is supported when {@link #registered} has an entry for it.
 */
public final class Ports {
    private static final Optional<Port> THIS_JVM = find();

    private Ports() {}

    private static Optional<Port> find() {
        if (!Os.current().hasPort()) {
            return Optional.empty();
        }
        List<Port> ports = registered(Os.current().port(System.getProperty("os.arch")));
        return !ports.isEmpty() && ports.getFirst().isForThisJvm() ? Optional.of(ports.getFirst()) : Optional.empty();
    }

    /**
     * Makes only the wanted port, because loading the classes of ports takes time when a process
     * starts.
     *
     * @param nameInJvm the architecture's name in the system property {@code os.arch}, completed by
     *     {@link Os#port}; null for all ports
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
        if (nameInJvm == null || nameInJvm.equals("amd64" + Os.OTHER_SUFFIX)) {
            ports.add(new MicrosoftX64());
        }
        return ports;
    }

    /** The port for the JVM that runs, if there is one. */
    public static Optional<Port> thisJvm() {
        return THIS_JVM;
    }

    /**
     * Whether {@code char} is {@code signed char} to the compilers of a machine without a port. It
     * is on Windows and macOS, and on most processors.
     */
    public static boolean usuallyHasSignedChar() {
        String system = System.getProperty("os.name");
        return system.startsWith("Windows") || system.startsWith("Mac")
                || !System.getProperty("os.arch").matches("(arm|aarch64|ppc|riscv|s390).*");
    }

    /** Returns the architectures that have a port. */
    public static List<String> architectures() {
        return registered(null).stream().map(Port::architecture).toList();
    }

    /**
     * Refuses a function that the JDK's linker accepts, but passes in another way than C.
     *
     * @throws IllegalArgumentException if it does so with {@code function}
     */
    public static void requireLinkable(FunctionDescriptor function) {
        if (THIS_JVM.isPresent()) {
            THIS_JVM.get().requireLinkable(function);
        } else {
            LinkerFaults.refuseEmpty(function);
        }
    }

    /** Returns the remedy if the JDK's linker does not pass a type by value, for messages. */
    public static String remedyForLinker() {
        return THIS_JVM.isPresent()
                ? "use a CallInterface with Tier.DATA_DRIVEN, or pass a pointer"
                : "pass a pointer";
    }

    /** Returns the platforms that have a port, for messages. */
    public static String supported() {
        return Os.platforms(architectures());
    }
}
