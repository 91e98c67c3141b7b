// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A filter that the kernel runs before each system call of all threads, from its installation to
 * the end of the process. System calls that match a rule fail with EPERM.
 *
 * <p>It is a program of classic BPF. An instruction is {@code {u16 code, u8 jumpIfTrue, u8
 * jumpIfFalse, u32 operand}}, and there is one register. It reads {@code struct seccomp_data}: the
 * number of the system call at 0, the architecture at 4, and the six arguments, eight bytes each,
 * from 16 on.
 */
final class SeccompFilter {
    private static final int INSTRUCTION_SIZE = 8;

    private static final short LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final short AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final short IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final short RETURN = 0x06; // BPF_RET | BPF_K

    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int FIRST_ARGUMENT = 16;
    private static final int ARGUMENT_SIZE = 8;

    private static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    private static final int ALLOW = 0x7fff0000;
    private static final int EPERM = 1;
    private static final int FAIL_WITH_EPERM = 0x00050000 | EPERM;
    private static final int END_PROCESS = 0x80000000;

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;

    private final ByteBuffer program;

    private SeccompFilter(int rules) {
        program = ByteBuffer.allocateDirect((4 + 6 * rules) * INSTRUCTION_SIZE).order(ByteOrder.nativeOrder());
    }

    /**
     * Refuses calls in which the lower half of an argument, masked, has a value.
     *
     * @param argument which argument, from 0
     */
    record Rule(SystemCall call, int argument, int mask, int value) {
        /** Refuses all calls. */
        static Rule always(SystemCall call) {
            return new Rule(call, 0, 0, 0);
        }

        /** Refuses calls that have all these bits in an argument. */
        static Rule ifSet(SystemCall call, int argument, int bits) {
            return new Rule(call, argument, bits, bits);
        }
    }

    /**
     * Installs a filter, for good, in addition to those that are there, and tries it.
     *
     * @throws IllegalStateException if the system refuses
     */
    static void install(Rule... rules) {
        install(SECCOMP_FILTER_FLAG_TSYNC, rules);
    }

    /** Lays the filter on the calling thread alone, until that ends. */
    static void installOnThisThread(Rule... rules) {
        install(0, rules);
    }

    /**
     * Ends the process for a call from now on, which is what systemd has its filters do unless they
     * are told otherwise.
     */
    static void endProcessFor(SystemCall call) {
        SeccompFilter filter = new SeccompFilter(1);
        filter.require(AUDIT_ARCH_X86_64);
        filter.refuse(Rule.always(call), END_PROCESS);
        filter.add(RETURN, 0, 0, ALLOW);
        filter.install(SECCOMP_FILTER_FLAG_TSYNC);
    }

    private static void install(int flags, Rule... rules) {
        SeccompFilter filter = new SeccompFilter(rules.length);
        filter.require(AUDIT_ARCH_X86_64);
        for (Rule rule : rules) {
            filter.refuse(rule, FAIL_WITH_EPERM);
        }
        filter.add(RETURN, 0, 0, ALLOW);
        filter.install(flags);
        for (Rule rule : rules) {
            long[] arguments = new long[rule.argument + 1];
            arguments[rule.argument] = rule.value;
            rule.call.requireRefused(EPERM, arguments);
        }
    }

    private void require(int architecture) {
        add(LOAD, 0, 0, ARCHITECTURE);
        add(IF_EQUAL, 1, 0, architecture);
        add(RETURN, 0, 0, FAIL_WITH_EPERM);
    }

    private void refuse(Rule rule, int answer) {
        add(LOAD, 0, 0, NUMBER);
        add(IF_EQUAL, 0, 4, rule.call.number);
        add(LOAD, 0, 0, FIRST_ARGUMENT + rule.argument * ARGUMENT_SIZE);
        add(AND, 0, 0, rule.mask);
        add(IF_EQUAL, 0, 1, rule.value);
        add(RETURN, 0, 0, answer);
    }

    private void add(short code, int skipIfTrue, int skipIfFalse, int operand) {
        program.putShort(code).put((byte) skipIfTrue).put((byte) skipIfFalse).putInt(operand);
    }

    private void install(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            // struct sock_fprog { unsigned short length; struct sock_filter *instructions; }
            MemorySegment description = arena.allocate(16, 8);
            ByteBuffer fields = description.asByteBuffer().order(ByteOrder.nativeOrder());
            fields.putShort(0, (short) (program.position() / INSTRUCTION_SIZE));
            fields.putLong(8, MemorySegment.ofBuffer(program.flip()).address());
            SystemCall.PRCTL.call(PR_SET_NO_NEW_PRIVS, 1);
            SystemCall.SECCOMP.call(SECCOMP_SET_MODE_FILTER, flags, description.address());
        }
    }
}
