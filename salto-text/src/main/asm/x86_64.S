/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for x86-64, System V AMD64 psABI 1.0.
 * clang: --target=x86_64-unknown-linux-gnu
 * lld: -z max-page-size=0x1000
 * scratch register: r10
 *
 *   register                what it is here
 *   r10                     scratch register: the block's argument word, for the code that a trampoline jumps to. The psABI
 *                           (3.2.1, figure 3.4) gives it to the static chain pointer of nested functions and never to an
 *                           argument
 *   rdi rsi rdx rcx r8 r9   the integer arguments, in this order (3.2.3)
 *   rax                     al holds the number of vector registers of a variadic call: not touched before the target
 *   rdx:rax, xmm1:xmm0      integer and floating-point results (3.2.3)
 *   r11                     free for entries: caller-saved, never an argument
 *
 * At a trampoline and at an entry the stack is as the caller's `call` left it: return address at (%rsp).
 */
#define WORD            8
#define TRAMPOLINE_SIZE 24

#include "text-image.h"

/*
 * One indirect jump, from memory: a second one, by way of an entry that loads the argument, costs a third of a direct call.
 * That takes 17 bytes; 24 keep function pointers aligned to 8.
 */
        .macro  trampoline block
1:      endbr64                                         /* landing pad for indirect calls under IBT: 4 bytes */
        mov     BLOCK_ARGUMENT + \block(%rip), %r10     /* 7 bytes */
        jmp     *BLOCK_ENTRY + \block(%rip)             /* 6 bytes */
        .skip   TRAMPOLINE_SIZE - (. - 1b), 0xcc
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
 * bind_gp<k>: the same with the argument and the target of a call of one's own.
 * All else stays as it is, so floating-point and stack arguments do not matter.
 */
        .macro  append_gp k, register
        entry   append_gp\k
        endbr64
        mov     %r10, \register
        jmp     *salto_parameters + HEADER_CALL + CALL_TARGET(%rip)
        end_entry append_gp\k
        entry   bind_gp\k
        endbr64
        mov     CALL_ARGUMENT(%r10), \register
        jmp     *CALL_TARGET(%r10)
        end_entry bind_gp\k
        .endm

        append_gp 0, %rdi
        append_gp 1, %rsi
        append_gp 2, %rdx
        append_gp 3, %rcx
        append_gp 4, %r8
        append_gp 5, %r9

/*
 * append_stack, bind_stack: no integer register is left, so the appended argument goes on the stack, behind the caller's
 * own stack arguments (psABI 3.2.3, "Passing": the last argument has the highest address). They have to be contiguous, so
 * the caller's are copied into a new frame. Stack arguments begin at a multiple of 16, there as here (3.2.2).
 */
        .macro  call_with_copied_stack  /* r11: the call; r10: the argument to append */
        push    %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        mov     %rsp, %rbp
        .cfi_def_cfa_register %rbp
        push    %rax                    /* al counts the vector registers of a variadic call */
        mov     CALL_STACK_SIZE(%r11), %rax
        sub     %rax, %rsp
        sub     $8, %rsp
        and     $-16, %rsp
        mov     %r10, (%rsp, %rax)
1:      sub     $8, %rax
        js      2f
        mov     16(%rbp, %rax), %r10    /* above the saved rbp and the return address */
        mov     %r10, (%rsp, %rax)
        jmp     1b
2:      mov     -8(%rbp), %rax
        call    *CALL_TARGET(%r11)
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .endm

        entry   append_stack
        endbr64
        lea     salto_parameters + HEADER_CALL(%rip), %r11
        call_with_copied_stack
        end_entry append_stack

        entry   bind_stack
        endbr64
        mov     %r10, %r11
        mov     CALL_ARGUMENT(%r11), %r10
        call_with_copied_stack
        end_entry bind_stack

/* dead: where a trampoline points that is bound to nothing. Returns zero in whichever registers hold the result. */
        .macro  return_zero_but_in_rax
        xor     %edx, %edx
        xorps   %xmm0, %xmm0
        xorps   %xmm1, %xmm1
        ret
        .endm

        entry   dead
        endbr64
        xor     %eax, %eax
        return_zero_but_in_rax
        end_entry dead

/*
 * caught: where a trampoline points whose closure was closed. Calls the catcher with the block's argument, the return address, and the
 * register that has the address of a result in memory, if there is one. What the catcher returns is what is returned as an
 * integer or pointer, that address or zero; otherwise the same as dead.
 */
        entry   caught
        endbr64
        push    %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        mov     %rsp, %rbp
        .cfi_def_cfa_register %rbp
        mov     %rdi, %rdx
        mov     8(%rbp), %rsi
        mov     %r10, %rdi
        call    *salto_parameters + HEADER_CATCHER(%rip)
        pop     %rbp
        .cfi_def_cfa %rsp, 8
        return_zero_but_in_rax
        end_entry caught

        code_table
