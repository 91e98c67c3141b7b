/* SPDX-License-Identifier: Apache-2.0 */
/* What C cannot say: functions that look at the scratch register of a trampoline, and at the stack pointer. */

        .text
        .globl  data_of_this_call
        .type   data_of_this_call, %function
/* Returns what the trampoline left in r0. */
data_of_this_call:
        .cfi_startproc
        lgr     %r2, %r0
        br      %r14
        .cfi_endproc
        .size   data_of_this_call, . - data_of_this_call

        .globl  misalignment_of_stack
        .type   misalignment_of_stack, %function
/* Returns by how much the stack arguments miss a multiple of 8, as a long. They begin 160 bytes above the stack pointer. */
misalignment_of_stack:
        .cfi_startproc
        lghi    %r2, 7
        ngr     %r2, %r15
        br      %r14
        .cfi_endproc
        .size   misalignment_of_stack, . - misalignment_of_stack

        .section .note.GNU-stack, "", %progbits
