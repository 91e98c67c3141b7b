/* SPDX-License-Identifier: Apache-2.0 */
/* What C cannot say: a function that looks at the scratch register of a trampoline. */

        .text
        .globl  data_of_this_call
        .type   data_of_this_call, @function
/* Returns what the trampoline left in r10. */
data_of_this_call:
        .cfi_startproc
        endbr64
        mov     %r10, %rax
        ret
        .cfi_endproc
        .size   data_of_this_call, . - data_of_this_call

        .section .note.GNU-stack, "", @progbits
