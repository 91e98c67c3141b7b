/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for x86-64, System V AMD64 psABI 1.0.
 *
 *   register                what it is here
 *   r10                     scratch register: the parameter block's address between trampoline and entry; the user's data
 *                           at the target of enter_with_data. The psABI (3.2.1, figure 3.4) gives it to the static chain
 *                           pointer of nested functions and never to an argument
 *   rdi rsi rdx rcx r8 r9   the integer arguments, in this order (3.2.3)
 *   rax                     al holds the number of vector registers of a variadic call: not touched before the target
 *   rdx:rax, xmm1:xmm0      integer and floating-point results (3.2.3)
 *   r11                     free for entries: caller-saved, never an argument
 *
 * At a trampoline and at an entry the stack is as the caller's `call` left it: return address at (%rsp).
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16

#include "text-image.h"

        .macro  trampoline block
        endbr64                         /* landing pad for indirect calls under IBT: 4 bytes */
        lea     \block(%rip), %r10      /* 7 bytes */
        jmp     *BLOCK_ENTRY(%r10)      /* 3 bytes */
        .balign TRAMPOLINE_SIZE, 0xcc
        .endm

/* Tells a loader that every indirect branch lands on an endbr64 and that the shadow stack stays balanced. */
        .section .note.gnu.property, "a", @note
        .balign 8
        .long   4, 16, 5                /* sizes of name and description; NT_GNU_PROPERTY_TYPE_0 */
        .asciz  "GNU"
        .long   0xc0000002, 4, 3, 0     /* GNU_PROPERTY_X86_FEATURE_1_AND: IBT and SHSTK; padding */

        .section .text.entries, "ax", @progbits

/*
 * append_gp<k>: the hidden argument becomes integer argument number k, behind the caller's own k integer arguments.
 * All else stays as it is, so floating-point and stack arguments do not matter.
 */
        .macro  append_gp k, register
        entry   append_gp\k
        endbr64
        mov     BLOCK_ARGUMENT(%r10), \register
        jmp     *BLOCK_TARGET(%r10)
        end_entry append_gp\k
        .endm

        append_gp 0, %rdi
        append_gp 1, %rsi
        append_gp 2, %rdx
        append_gp 3, %rcx
        append_gp 4, %r8
        append_gp 5, %r9

/* enter_with_data: the public trampoline API. The target finds the user's data in r10. */
        entry   enter_with_data
        endbr64
        mov     BLOCK_TARGET(%r10), %r11
        mov     BLOCK_ARGUMENT(%r10), %r10
        jmp     *%r11
        end_entry enter_with_data

/* dead: where a trampoline points that is bound to nothing. Returns zero in whichever registers hold the result. */
        entry   dead
        endbr64
        xor     %eax, %eax
        xor     %edx, %edx
        xorps   %xmm0, %xmm0
        xorps   %xmm1, %xmm1
        ret
        end_entry dead

        code_table
