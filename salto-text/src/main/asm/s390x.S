/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for s390x, "s390x ELF Application Binary Interface Supplement" 1.6.1.
 * clang: --target=s390x-unknown-linux-gnu -march=z10
 * lld: -z max-page-size=0x1000
 * scratch register: r0
 *
 *   register        what it is here
 *   r0              scratch register: the block's argument, for the code that a trampoline jumps to. Never an argument, and
 *                   not saved by a callee ("Register Preservation Rules"); compilers have their static chain pointer there. No address can be
 *                   based on it, because as a base register it stands for the number 0
 *   r1              where to jump; then free for entries: caller-saved, never an argument
 *   r2 to r6        the integer arguments, in this order ("Parameter Passing"). r6 is the caller's to keep: a callee hands it back as it was
 *   r7 to r13, r15  a callee hands them back as they were
 *   r14             the return address
 *   r15             the stack pointer, a multiple of 8. At 0(r15) lie the 160 bytes that a caller provides for its callee to save
 *                   registers in ("The Stack Frame"), and behind them the stack arguments
 *
 * The mapping with the instructions never changes, so instruction caches need no care.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16
#define INDEX_TRAMPOLINE_SIZE 12
#define INDEX_CODE_SIZE 0x20000

#include "text-image.h"

#define SAVE_AREA       160     /* what a caller provides below its stack arguments */
#define SAVED_R2        16      /* where r2 is saved in it; the others follow, up to r15 */
#define SAVED_R6        (SAVED_R2 + (6 - 2) * WORD)
#define SAVED_R14       (SAVED_R2 + (14 - 2) * WORD)
#define SAVED_F0        128     /* f0; behind it f2, f4 and f6 */

        .macro  trampoline block
        lgrl    %r0, BLOCK_ARGUMENT + \block    /* 6 bytes */
        lgrl    %r1, BLOCK_ENTRY + \block       /* 6 bytes */
        br      %r1                             /* 2 bytes */
        .short  0                               /* no instruction: the processor stops there */
        .endm

        .macro  index_trampoline index
        lghi    %r0, \index                     /* 4 bytes */
        lgrl    %r1, salto_index_header + INDEX_HEADER_ENTRY /* 6 bytes */
        br      %r1                             /* 2 bytes */
        .endm

        .section .text.entries, "ax", %progbits

/*
 * append_gp<k>: the hidden argument becomes integer argument number k, behind the caller's own k
 * integer arguments.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record. These entries
 * are for the caller-saved registers, and callers without stack arguments.
 */
        .macro  append_gp k, register
        entry   bind_gp\k
        lgr     %r1, %r0
        lg      \register, CALL_ARGUMENT(%r1)
        lg      %r1, CALL_TARGET(%r1)
        br      %r1
        end_entry bind_gp\k
        index_entry append_gp\k
        lgrl    \register, salto_index_header + INDEX_HEADER_BASE
        lgrl    %r1, salto_index_header + INDEX_HEADER_GATE
        agr     \register, %r0
        br      %r1
        end_index_entry append_gp\k
        .endm

        append_gp 0, %r2
        append_gp 1, %r3
        append_gp 2, %r4
        append_gp 3, %r5

/*
 * The other entries call the target from a frame, with a copy of the caller's stack arguments. The
 * target expects them above its own save area. The frame's register is r10, so that r11 can be
 * equal to the stack pointer at the call. The upcall stubs of JDK 25 take their stack arguments
 * from r11, although compilers use it as a frame pointer, or for other values.
 */
        .macro  enter_frame
        .cfi_remember_state
        stmg    %r6, %r15, SAVED_R6(%r15)
        .irp    n, 6, 7, 8, 10, 11, 14, 15      /* those that change here */
        .cfi_offset %r\n, SAVED_R6 + (\n - 6) * WORD - SAVE_AREA
        .endr
        lgr     %r10, %r15
        .cfi_def_cfa_register %r10
        .endm

        .macro  call_with_copied_stack room     /* r1: the call; r0: what to put behind the copy, if there is room for it */
        lg      %r7, CALL_STACK_SIZE(%r1)
        aghi    %r15, -(SAVE_AREA + \room)
        sgr     %r15, %r7
        stg     %r10, 0(%r15)           /* the back chain */
        lgr     %r11, %r15
        .if     \room
        stg     %r0, SAVE_AREA(%r7, %r15)
        .endif
1:      aghi    %r7, -WORD
        jl      2f
        lg      %r8, SAVE_AREA(%r7, %r10)
        stg     %r8, SAVE_AREA(%r7, %r15)
        j       1b
2:      lg      %r1, CALL_TARGET(%r1)
        basr    %r14, %r1
        lmg     %r6, %r15, SAVED_R6(%r10)
        .cfi_restore_state
        br      %r14
        .endm

/*
 * append_gp<k>_stack, bind_gp<k>_stack: the same, for a caller with stack arguments. Without stack
 * arguments, only r6 needs a frame, because the callee has to preserve it.
 */
        .macro  append_gp_in_frame k, register, suffix
        entry   bind_gp\k\suffix
        enter_frame
        lgr     %r1, %r0
        lg      \register, CALL_ARGUMENT(%r1)
        call_with_copied_stack 0
        end_entry bind_gp\k\suffix
        index_entry append_gp\k\suffix
        enter_frame
        larl    %r1, salto_index_header + INDEX_HEADER_CALL
        lg      \register, CALL_ARGUMENT(%r1)
        agr     \register, %r0
        call_with_copied_stack 0
        end_index_entry append_gp\k\suffix
        .endm

        append_gp_in_frame 0, %r2, _stack
        append_gp_in_frame 1, %r3, _stack
        append_gp_in_frame 2, %r4, _stack
        append_gp_in_frame 3, %r5, _stack
        append_gp_in_frame 4, %r6, _stack
        append_gp_in_frame 4, %r6

/*
 * append_stack, bind_stack: no integer register is left, so the appended argument goes on the
 * stack, behind the caller's own stack arguments ("Parameter Passing").
 */

        entry   bind_stack
        enter_frame
        lgr     %r1, %r0
        lg      %r0, CALL_ARGUMENT(%r1)
        call_with_copied_stack WORD
        end_entry bind_stack

        index_entry append_stack
        enter_frame
        larl    %r1, salto_index_header + INDEX_HEADER_CALL
        ag      %r0, CALL_ARGUMENT(%r1)
        call_with_copied_stack WORD
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result ("Return Values").
 */
        entry   dead
        lghi    %r2, 0
        lzdr    %f0
        br      %r14
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers. The caller's save area has places for all argument registers, and its stack arguments
 * follow. So the frame has the results first, and then that area. The gate has no stack arguments,
 * and preserves r6.
 */
#define FRAME_RESULT_INTEGERS   0                               /* r2 */
#define FRAME_RESULT_VECTORS    (FRAME_RESULT_INTEGERS + WORD)  /* f0 */
#define FRAME_SAVE_AREA         (FRAME_RESULT_VECTORS + WORD)   /* the caller's */
#define FRAME_SIZE              (SAVE_AREA + FRAME_SAVE_AREA)   /* with what the gate saves its registers in */

        index_entry generic
        lgrl    %r1, salto_index_header + INDEX_HEADER_BASE
        agr     %r0, %r1
        stmg    %r2, %r6, SAVED_R2(%r15)
        .irp    n, 0, 2, 4, 6
        std     %f\n, SAVED_F0 + \n / 2 * WORD(%r15)
        .endr
        stmg    %r14, %r15, SAVED_R14(%r15)
        .cfi_offset %r14, SAVED_R14 - SAVE_AREA
        .cfi_offset %r15, SAVED_R14 + WORD - SAVE_AREA
        lgr     %r1, %r15
        aghi    %r15, -FRAME_SIZE
        .cfi_def_cfa_offset SAVE_AREA + FRAME_SIZE
        stg     %r1, 0(%r15)            /* the back chain */
        la      %r3, SAVE_AREA(%r15)
        lgr     %r2, %r0
        xc      FRAME_RESULT_INTEGERS(2 * WORD, %r3), FRAME_RESULT_INTEGERS(%r3)
        lgrl    %r1, salto_index_header + INDEX_HEADER_UNIVERSAL
        basr    %r14, %r1
        lg      %r2, SAVE_AREA + FRAME_RESULT_INTEGERS(%r15)
        ld      %f0, SAVE_AREA + FRAME_RESULT_VECTORS(%r15)
        lmg     %r14, %r15, FRAME_SIZE + SAVED_R14(%r15)
        .cfi_def_cfa_offset SAVE_AREA
        .cfi_restore %r14
        .cfi_restore %r15
        br      %r14
        end_index_entry generic

        frame   generic, FRAME_SAVE_AREA + SAVED_R2, FRAME_SAVE_AREA + SAVED_F0, WORD, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SAVE_AREA + SAVED_R14, FRAME_SAVE_AREA + SAVE_AREA

        code_table
