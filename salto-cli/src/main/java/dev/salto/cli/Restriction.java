// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One restriction of the system, in words.
 *
 * @param name its name outside of Salto
 * @param meaning the meaning of its state for this process
 */
record Restriction(String name, String meaning) {
    static Restriction of(String key, String value) {
        String name = switch (key) {
            case "selinux" -> "SELinux";
            case "mdwe" -> "MDWE";
            case "noNewPrivileges" -> "no new privileges";
            case "noexecMounts" -> "noexec mounts";
            case "memfdNoexec" -> "memory files";
            case "branchProtection" -> "branch protection";
            case "shadowStack" -> "shadow stack";
            case "arbitraryCodeGuard" -> "Arbitrary Code Guard";
            case "controlFlowGuard" -> "Control Flow Guard";
            case "imageSigning" -> "signed images";
            case "imageLoad" -> "loaded images";
            default -> key;
        };
        return new Restriction(name,
                value.equals("unknown") ? "unknown: the system does not say" : meaning(key, value));
    }

    private static String meaning(String key, String value) {
        return switch (key + " " + value) {
            case "selinux off" -> "off";
            case "selinux permissive" -> "permissive: what its rules forbid is logged, but allowed";
            case "selinux enforcing" -> "enforcing: its rules may forbid to map code; the audit log says if they did";
            case "selinux on, mode not readable" ->
                "on, and its policy hides whether it is enforcing: its rules may forbid to map code; the audit log says if they did";
            case "mdwe off" -> "off: memory that was written to may become executable";
            case "mdwe on" -> "on: memory becomes executable only by mapping a file, as Salto does";
            case "mdwe not in this kernel" -> "not in this kernel; Linux has it since 6.3";
            case "seccomp off" -> "off: every system call may be made";
            case "seccomp filter" -> "filter: some system calls may be forbidden, as in most containers";
            case "seccomp strict" -> "strict: hardly any system call may be made";
            case "noNewPrivileges off" -> "off: programs started from here may gain rights";
            case "noNewPrivileges on" -> "on: programs started from here gain no rights";
            case "noexecMounts none" -> "none: code may be mapped from any file system";
            case "memfdNoexec 0" -> "may be run as programs (vm.memfd_noexec is 0)";
            case "memfdNoexec 1" -> "run as programs only if asked for (vm.memfd_noexec is 1)";
            case "memfdNoexec 2" -> "never run as programs (vm.memfd_noexec is 2)";
            case "branchProtection not in this processor" -> "not in this processor";
            case "shadowStack off" -> "off: return addresses are not checked";
            case "arbitraryCodeGuard off" -> "off: memory that was written to may become executable";
            case "arbitraryCodeGuard on" -> "on: memory becomes executable only by mapping a file, as Salto does";
            case "controlFlowGuard off" -> "off: targets of indirect calls are not checked";
            case "imageSigning off" -> "off: libraries need no signature";
            case "imageLoad off" -> "off: libraries may come from any folder";
            case "shadowStack on" -> "on: the processor checks return addresses";
            default -> switch (key) {
                case "noexecMounts" -> "code may not be mapped from " + value;
                case "branchProtection" -> "this processor has " + Arrays.stream(value.split(" ", -1))
                        .map(Restriction::instructions)
                        .collect(Collectors.joining(", "));
                default -> value;
            };
        };
    }

    private static String instructions(String flag) {
        return switch (flag) {
            case "ibt" -> "indirect branch tracking (ibt)";
            case "user_shstk" -> "shadow stacks (user_shstk)";
            case "bti" -> "branch target identification (bti)";
            case "paca" -> "pointer authentication (paca)";
            case "gcs" -> "guarded control stacks (gcs)";
            default -> flag;
        };
    }
}
