/* SPDX-License-Identifier: Apache-2.0 */
/* What C cannot say: functions that look at the scratch register of a trampoline, and at the stack pointer. */

        .abiversion 2

        .text
        .globl  data_of_this_call
        .type   data_of_this_call, %function
/* Returns what the trampoline left in r11. */
data_of_this_call:
        .cfi_startproc
        mr      3, 11
        blr
        .cfi_endproc
        .size   data_of_this_call, . - data_of_this_call

        .globl  misalignment_of_stack
        .type   misalignment_of_stack, %function
/* Returns by how much the stack pointer misses a multiple of 16, as a long. */
misalignment_of_stack:
        .cfi_startproc
        clrldi  3, 1, 60
        blr
        .cfi_endproc
        .size   misalignment_of_stack, . - misalignment_of_stack

        .section .note.GNU-stack, "", %progbits
