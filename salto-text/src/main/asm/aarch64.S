/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for AArch64, Procedure Call Standard for the Arm 64-bit Architecture (AAPCS64)
 * 2024Q3.
 * clang: --target=aarch64-unknown-linux-gnu
 * scratch register: x17
 *
 *   register     what it is here
 *   x17          scratch register: the block's argument, for the code that a trampoline jumps to. AAPCS64 (6.1.1) leaves
 *                x16 and x17 to whatever comes between a caller and its callee
 *   x16          where to jump. An indirect branch by way of x16 or x17 may land on `bti c`, as a call may
 *   x0 to x7     the integer arguments, in this order (6.4.1)
 *   x8           the address of a result in memory (6.5): not touched
 *   x30          the return address
 *   x9 to x15    free for entries: caller-saved, never an argument
 *
 * The stack pointer is a multiple of 16 (6.2.2.2). The mapping with the instructions never changes,
 * so instruction caches need no care.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16
#define INDEX_TRAMPOLINE_SIZE 16
#define INDEX_CODE_SIZE 0x20000

#include "text-image.h"

        .macro  trampoline block
        bti     c                               /* landing pad for indirect calls */
        ldr     x17, BLOCK_ARGUMENT + \block
        ldr     x16, BLOCK_ENTRY + \block
        br      x16
        .endm

/* The upper half of x17 becomes zero. */
        .macro  index_trampoline index
        bti     c
        mov     w17, #\index
        ldr     x16, salto_index_header + INDEX_HEADER_ENTRY
        br      x16
        .endm

/* Tells a loader that every indirect branch lands on a bti. */
        .section .note.gnu.property, "a", %note
        .balign 8
        .long   4, 16, 5                /* sizes of name and description; NT_GNU_PROPERTY_TYPE_0 */
        .asciz  "GNU"
        .long   0xc0000000, 4, 1, 0     /* GNU_PROPERTY_AARCH64_FEATURE_1_AND: BTI; padding */

        .section .text.entries, "ax", %progbits

/*
 * append_gp<k>: the hidden argument becomes integer argument number k, behind the caller's own k
 * integer arguments.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record.
 */
        .macro  append_gp k
        entry   bind_gp\k
        bti     c
        ldr     x16, [x17, #CALL_TARGET]
        ldr     x\k, [x17, #CALL_ARGUMENT]
        br      x16
        end_entry bind_gp\k
        index_entry append_gp\k
        bti     c
        ldr     x\k, salto_index_header + INDEX_HEADER_BASE
        ldr     x16, salto_index_header + INDEX_HEADER_GATE
        add     x\k, x\k, x17
        br      x16
        end_index_entry append_gp\k
        .endm

        .irp    k, 0, 1, 2, 3, 4, 5, 6, 7
        append_gp \k
        .endr

/*
 * append_stack, bind_stack: no integer register is left, so the appended argument goes on the
 * stack, behind the caller's own stack arguments (6.8.2, stage C). They must be contiguous, so the
 * entry copies the caller's into a new frame.
 */
        .macro  call_with_copied_stack  /* x15: the call; x17: the argument to append */
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
        ldr     x14, [x15, #CALL_STACK_SIZE]
        add     x13, x14, #WORD + 15
        and     x13, x13, #-16
        sub     sp, sp, x13
        str     x17, [sp, x14]
        add     x12, x29, #16           /* the caller's stack arguments: above the saved registers */
1:      subs    x14, x14, #WORD
        b.mi    2f
        ldr     x13, [x12, x14]
        str     x13, [sp, x14]
        b       1b
2:      ldr     x16, [x15, #CALL_TARGET]
        blr     x16
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        .endm

        entry   bind_stack
        bti     c
        mov     x15, x17
        ldr     x17, [x15, #CALL_ARGUMENT]
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        bti     c
        adr     x15, salto_index_header + INDEX_HEADER_CALL
        ldr     x16, [x15, #CALL_ARGUMENT]
        add     x17, x17, x16
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result (6.9).
 */
        entry   dead
        bti     c
        mov     x0, xzr
        mov     x1, xzr
        movi    v0.2d, #0
        movi    v1.2d, #0
        movi    v2.2d, #0
        movi    v3.2d, #0
        ret
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers (6.9).
 */
#define FRAME_INTEGERS          0                               /* x0 to x8 */
#define FRAME_RESULT_INTEGERS   (FRAME_INTEGERS + 9 * WORD)     /* x0 x1 */
#define FRAME_VECTORS           (FRAME_RESULT_INTEGERS + 2 * WORD + 8) /* q0 to q7, at a multiple of 16 */
#define FRAME_RESULT_VECTORS    (FRAME_VECTORS + 8 * 16)        /* q0 to q3 */
#define FRAME_SIZE              (FRAME_RESULT_VECTORS + 4 * 16)

        index_entry generic
        bti     c
        ldr     x16, salto_index_header + INDEX_HEADER_BASE
        add     x17, x17, x16
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
        sub     sp, sp, #FRAME_SIZE
        stp     x0, x1, [sp, #FRAME_INTEGERS + 0 * WORD]
        stp     x2, x3, [sp, #FRAME_INTEGERS + 2 * WORD]
        stp     x4, x5, [sp, #FRAME_INTEGERS + 4 * WORD]
        stp     x6, x7, [sp, #FRAME_INTEGERS + 6 * WORD]
        str     x8, [sp, #FRAME_INTEGERS + 8 * WORD]
        stp     q0, q1, [sp, #FRAME_VECTORS + 0 * 16]
        stp     q2, q3, [sp, #FRAME_VECTORS + 2 * 16]
        stp     q4, q5, [sp, #FRAME_VECTORS + 4 * 16]
        stp     q6, q7, [sp, #FRAME_VECTORS + 6 * 16]
        movi    v0.2d, #0
        stp     xzr, xzr, [sp, #FRAME_RESULT_INTEGERS]
        stp     q0, q0, [sp, #FRAME_RESULT_VECTORS + 0 * 16]
        stp     q0, q0, [sp, #FRAME_RESULT_VECTORS + 2 * 16]
        mov     x0, x17
        mov     x1, sp
        ldr     x16, salto_index_header + INDEX_HEADER_UNIVERSAL
        blr     x16
        ldp     x0, x1, [sp, #FRAME_RESULT_INTEGERS]
        ldp     q0, q1, [sp, #FRAME_RESULT_VECTORS + 0 * 16]
        ldp     q2, q3, [sp, #FRAME_RESULT_VECTORS + 2 * 16]
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 16, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16

        code_table
