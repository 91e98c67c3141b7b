// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The restrictions of the system, as far as this process can see them. */
final class LinuxRestrictions {
    private static final String UNKNOWN = "unknown";

    private static final String STATUS_NAME = "/proc/self/status";
    private static final Path STATUS = Path.of(STATUS_NAME);
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path FILE_SYSTEMS = Path.of("/proc/filesystems");
    private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");
    private static final Path DOMAIN = Path.of("/proc/self/attr/current");
    private static final Path MEMFD_NOEXEC = Path.of("/proc/sys/vm/memfd_noexec");

    private final LinuxCalls calls;

    LinuxRestrictions(LinuxCalls calls) {
        this.calls = calls;
    }

    /** As {@link Os#restrictions}. */
    Map<String, String> read() {
        Map<String, String> seen = new LinkedHashMap<>();
        seen.put("selinux", selinux());
        seen.put("mdwe", mdwe());
        seen.put("seccomp", switch (status("Seccomp").orElse("")) {
            case "0" -> "off";
            case "1" -> "strict";
            case "2" -> "filter";
            default -> UNKNOWN;
        });
        seen.put("noNewPrivileges", switch (status("NoNewPrivs").orElse("")) {
            case "0" -> "off";
            case "1" -> "on";
            default -> UNKNOWN;
        });
        seen.put("noexecMounts", noexecMounts());
        seen.put("memfdNoexec", firstLine(MEMFD_NOEXEC).orElse(UNKNOWN));
        seen.put("branchProtection", branchProtection());
        seen.put("shadowStack", shadowStack());
        return Collections.unmodifiableMap(seen);
    }

    /**
     * Whether certainly no filter decides about this process's system calls. Uses few classes,
     * because the first callback waits for it.
     */
    static boolean hasNoFilter() {
        try (InputStream status = new FileInputStream(STATUS_NAME)) {
            return new String(status.readAllBytes(), StandardCharsets.ISO_8859_1).contains("\nSeccomp:\t0\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** The label of this process, for people. */
    static String domain() {
        return firstLine(DOMAIN).map(label -> label.replace("\0", "")).orElse(UNKNOWN);
    }

    /** A policy may hide the file with the mode, but hardly the presence of SELinux. */
    private static String selinux() {
        Optional<String> mode = firstLine(SELINUX);
        if (mode.isPresent()) {
            return mode.get().equals("1") ? "enforcing" : "permissive";
        }
        return LinuxMappings.lines(FILE_SYSTEMS).map(all -> all.stream().anyMatch(line -> line.endsWith("selinuxfs")))
                .map(isOn -> isOn ? "on, mode not readable" : "off")
                .orElse(UNKNOWN);
    }

    private String mdwe() {
        if (!NativeAccess.isPossible()) {
            return UNKNOWN;
        }
        try {
            return calls.refusesExecutableGain() ? "on" : "off";
        } catch (OsException e) {
            return e.isUnknown() ? "not in this kernel" : UNKNOWN;
        }
    }

    /** The folders without executable files: mount options, field 6 of proc_pid_mountinfo(5). */
    private static String noexecMounts() {
        return LinuxMappings.lines(MOUNTS)
                .map(lines -> lines.stream()
                        .map(line -> line.split(" "))
                        .filter(fields -> fields.length > 5 && Arrays.asList(fields[5].split(",")).contains("noexec"))
                        .map(fields -> fields[4])
                        .distinct()
                        .collect(Collectors.joining(" ")))
                .map(folders -> folders.isEmpty() ? "none" : folders)
                .orElse(UNKNOWN);
    }

    /** The processor's instructions that check jumps and returns. */
    private static String branchProtection() {
        Set<String> known = Set.of("ibt", "user_shstk", "bti", "paca", "gcs");
        return LinuxMappings.lines(PROCESSORS)
                .map(lines -> {
                    Set<String> found = new TreeSet<>();
                    lines.stream()
                            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                            .flatMap(line -> Arrays.stream(line.split("[\\s:]+")))
                            .forEach(found::add);
                    found.retainAll(known);
                    return found.isEmpty() ? "not in this processor" : String.join(" ", found);
                })
                .orElse(UNKNOWN);
    }

    private static String shadowStack() {
        if (!Files.isReadable(STATUS)) {
            return UNKNOWN;
        }
        return status("x86_Thread_features").filter(features -> features.contains("shstk")).isPresent() ? "on" : "off";
    }

    private static Optional<String> status(String field) {
        return LinuxMappings.lines(STATUS).flatMap(lines -> lines.stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst());
    }

    private static Optional<String> firstLine(Path file) {
        return LinuxMappings.lines(file).flatMap(lines -> lines.stream().findFirst());
    }
}
