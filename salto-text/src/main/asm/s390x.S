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
#define FRAME_LEAVE_FUNCTION    (FRAME_RESULT_VECTORS + WORD)
#define FRAME_LEAVE_WORDS       (FRAME_LEAVE_FUNCTION + WORD)   /* r2 to r5; r6 is the caller's to keep */
#define FRAME_LAST_ERROR        (FRAME_LEAVE_WORDS + 4 * WORD)
#define FRAME_SAVE_AREA         (FRAME_LAST_ERROR + WORD)       /* the caller's */
#define FRAME_SIZE              (SAVE_AREA + FRAME_SAVE_AREA)   /* with what the gate saves its registers in */

        .macro  thread_pointer register         /* it is in two access registers */
        ear     \register, %a0
        sllg    \register, \register, 32
        ear     \register, %a1
        .endm

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
        xc      FRAME_RESULT_INTEGERS(3 * WORD, %r3), FRAME_RESULT_INTEGERS(%r3)
        lgrl    %r4, salto_index_header + INDEX_HEADER_LAST_ERROR
        thread_pointer %r5
        l       %r4, 0(%r4, %r5)
        st      %r4, FRAME_LAST_ERROR(%r3)
        lgrl    %r1, salto_index_header + INDEX_HEADER_UNIVERSAL
        basr    %r14, %r1
        lgrl    %r4, salto_index_header + INDEX_HEADER_LAST_ERROR
        thread_pointer %r5
        l       %r1, SAVE_AREA + FRAME_LAST_ERROR(%r15)
        st      %r1, 0(%r4, %r5)
        lg      %r1, SAVE_AREA + FRAME_LEAVE_FUNCTION(%r15)
        ltgr    %r1, %r1
        jne     1f
        lg      %r2, SAVE_AREA + FRAME_RESULT_INTEGERS(%r15)
        ld      %f0, SAVE_AREA + FRAME_RESULT_VECTORS(%r15)
        lmg     %r14, %r15, FRAME_SIZE + SAVED_R14(%r15)
        .cfi_remember_state
        .cfi_def_cfa_offset SAVE_AREA
        .cfi_restore %r14
        .cfi_restore %r15
        br      %r14
        .cfi_restore_state
1:      lmg     %r2, %r5, SAVE_AREA + FRAME_LEAVE_WORDS(%r15)
        lmg     %r14, %r15, FRAME_SIZE + SAVED_R14(%r15)
        .cfi_def_cfa_offset SAVE_AREA
        .cfi_restore %r14
        .cfi_restore %r15
        br      %r1
        end_index_entry generic

        frame   generic, FRAME_SAVE_AREA + SAVED_R2, FRAME_SAVE_AREA + SAVED_F0, WORD, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SAVE_AREA + SAVED_R14, FRAME_SAVE_AREA + SAVE_AREA
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 4

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* r2: the function */
        stmg    %r14, %r15, SAVED_R14(%r15)
        .cfi_offset %r14, SAVED_R14 - SAVE_AREA
        .cfi_offset %r15, SAVED_R14 + WORD - SAVE_AREA
        aghi    %r15, -SAVE_AREA
        .cfi_def_cfa_offset 2 * SAVE_AREA
        basr    %r14, %r2
        thread_pointer %r1
        sgr     %r2, %r1
        lmg     %r14, %r15, SAVE_AREA + SAVED_R14(%r15)
        .cfi_def_cfa_offset SAVE_AREA
        .cfi_restore %r14
        .cfi_restore %r15
        br      %r14
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. The recorder comes in r0, and then is in
 * r1. The caller's save area has places for all registers.
 *
 * The processor keeps stores in order, loads in order, and stores behind earlier loads
 * (z/Architecture Principles of Operation, chapter 5, "Sequence of Storage References"). So a plain
 * store publishes.
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* r2 to r6 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 5 * WORD)    /* f0 f2 f4 f6 */
#define RECORD_STACK            (RECORD_VECTORS + 4 * WORD)
#define RESULT_INTEGERS         0                               /* r2 */
#define RESULT_VECTORS          (RESULT_INTEGERS + WORD)        /* f0 */
#define SYS_FUTEX               238

        entry   record
        stmg    %r2, %r13, SAVED_R2(%r15)
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13
        .cfi_offset %r\n, SAVED_R6 + (\n - 6) * WORD - SAVE_AREA
        .endr
        lgr     %r1, %r0
        lg      %r12, RECORDER_QUEUE(%r1)       /* r12: the queue */
        ltgr    %r12, %r12
        jz      .Lrecord_return
        ear     %r2, %a0                        /* the thread pointer is in two access registers */
        sllg    %r2, %r2, 32
        ear     %r2, %a1
        srlg    %r11, %r2, STRIPE_SHIFT_SMALL
        srlg    %r10, %r2, STRIPE_SHIFT_LARGE
        agr     %r11, %r10
        ng      %r11, QUEUE_STRIPE_MASK(%r12)
        msg     %r11, QUEUE_STRIPE_SIZE(%r12)
        ag      %r11, QUEUE_STRIPES(%r12)       /* r11: the stripe */
.Lrecord_reserve:
        lg      %r10, STRIPE_TAIL(%r11)
1:      lgr     %r9, %r10
        ng      %r9, QUEUE_MASK(%r12)
        lgr     %r8, %r10
        sgr     %r8, %r9                        /* r8: the turn of a free record */
        msg     %r9, QUEUE_STRIDE(%r12)
        la      %r9, STRIPE_RECORDS(%r9, %r11)  /* r9: the record of position r10 */
        lg      %r7, RECORD_TURN(%r9)
        sgr     %r7, %r8
        jne     .Lrecord_not_free
        la      %r7, 1(%r10)
        csg     %r10, %r7, STRIPE_TAIL(%r11)
        jne     1b
        aghi    %r8, 1                          /* r8: the turn of a published record */

        mvc     RECORD_INTEGERS(5 * WORD, %r9), SAVED_R2(%r15)
        .irp    n, 0, 2, 4, 6
        std     %f\n, RECORD_VECTORS + \n / 2 * WORD(%r9)
        .endr
        lg      %r3, RECORDER_ID(%r1)
        lg      %r4, RECORDER_LOST(%r1)
        stg     %r3, RECORD_ID(%r9)
        stg     %r2, RECORD_THREAD(%r9)
        stg     %r4, RECORD_LOST(%r9)
        lg      %r3, RECORDER_NO_CLOCK(%r1)
        ltgr    %r3, %r3
        jne     11f
        stckf   RECORD_CLOCK(%r9)
11:
        lg      %r7, RECORDER_STACK(%r1)
2:      aghi    %r7, -WORD
        jl      3f
        lg      %r6, SAVE_AREA(%r7, %r15)
        stg     %r6, RECORD_STACK(%r7, %r9)
        j       2b
3:      lg      %r7, RECORDER_COPIES(%r1)
        ltgr    %r7, %r7
        jne     .Lrecord_copies
.Lrecord_publish:
        stg     %r8, RECORD_TURN(%r9)
        l       %r7, QUEUE_WAITING(%r12)
        ltr     %r7, %r7
        jne     .Lrecord_wake
.Lrecord_return:
        lg      %r2, RECORDER_RESULTS + RESULT_INTEGERS(%r1)
        ld      %f0, RECORDER_RESULTS + RESULT_VECTORS(%r1)
        lmg     %r6, %r13, SAVED_R6(%r15)
        .cfi_remember_state
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13
        .cfi_restore %r\n
        .endr
        br      %r14
        .cfi_restore_state

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        jh      .Lrecord_reserve
        lg      %r2, RECORDER_LOST(%r1)
4:      la      %r3, 1(%r2)
        csg     %r2, %r3, RECORDER_LOST(%r1)
        jne     4b
        j       .Lrecord_return

.Lrecord_copies:                                /* r7: the size of the descriptions */
        la      %r6, RECORDER_COPY(%r1)         /* r6: the description */
        agr     %r7, %r6
5:      lg      %r2, COPY_POINTER(%r6)
        lg      %r2, 0(%r2, %r9)                /* r2: where the bytes are */
        lg      %r3, COPY_LIMIT(%r6)            /* r3: how many there are at most */
        lg      %r4, COPY_LENGTH(%r6)
        ltgr    %r4, %r4
        jz      6f
        lg      %r4, 0(%r4, %r9)
        ng      %r4, COPY_LENGTH_MASK(%r6)
        clgr    %r4, %r3
        jnl     6f
        lgr     %r3, %r4
6:      ltgr    %r2, %r2
        jne     7f
        lghi    %r3, 0
7:      lg      %r5, COPY_TARGET(%r6)
        agr     %r5, %r9                        /* r5: where their number goes */
        lghi    %r10, 0                         /* r10: how many are copied */
8:      cgr     %r10, %r3
        je      10f
        llgc    %r11, 0(%r10, %r2)
        stc     %r11, WORD(%r10, %r5)
        ltgr    %r11, %r11
        jne     9f
        lg      %r11, COPY_TO_NUL(%r6)
        ltgr    %r11, %r11
        jne     10f
9:      aghi    %r10, 1
        j       8b
10:     stg     %r10, 0(%r5)
        aghi    %r6, COPY_SIZE
        clgr    %r6, %r7
        jl      5b
        j       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel changes r2 alone */
        lghi    %r2, 0
        st      %r2, QUEUE_WAITING(%r12)
        la      %r2, QUEUE_WAITING(%r12)
        lghi    %r3, FUTEX_WAKE_PRIVATE
        lghi    %r4, 1
        svc     SYS_FUTEX
        j       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, WORD, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes r2 alone. */
#define SYS_MPROTECT    125
#define SYS_SCHED_YIELD 158

        .macro  save_r6_to_r9
        stmg    %r6, %r9, SAVED_R6(%r15)
        .irp    n, 6, 7, 8, 9
        .cfi_offset %r\n, SAVED_R6 + (\n - 6) * WORD - SAVE_AREA
        .endr
        .endm

        .macro  restore_r6_to_r9
        lmg     %r6, %r9, SAVED_R6(%r15)
        .irp    n, 6, 7, 8, 9
        .cfi_restore %r\n
        .endr
        .endm

        index_entry exit_bound
        lgr     %r1, %r0
        lg      %r0, CALL_ARGUMENT(%r1)
        jg      salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* r2: the id; r3: the frame */
        save_r6_to_r9
        lgrl    %r1, salto_index_header + EXIT_STATE
        llgfr   %r2, %r2
        srlg    %r4, %r2, EXIT_SLOT_BITS
        sllg    %r4, %r4, 3
        lg      %r1, EXIT_DIRECTORY(%r4, %r1)
        tmll    %r1, 1
        jz      1f
        sllg    %r4, %r2, 64 - EXIT_SLOT_BITS
        srlg    %r4, %r4, 64 - EXIT_SLOT_BITS + EXIT_ROW_BITS
        sllg    %r4, %r4, 3
        lg      %r1, -1(%r4, %r1)
1:      lghi    %r2, 0
        ltgr    %r1, %r1
        jz      6f
        la      %r5, EXIT_ANSWER_WORDS(%r1)
        lg      %r6, EXIT_ANSWER_COUNT(%r1)
2:      aghi    %r6, -1
        jl      3f
        lg      %r7, 0(%r5)
        lg      %r8, WORD(%r5)
        stg     %r8, 0(%r7, %r3)
        la      %r5, 2 * WORD(%r5)
        j       2b
3:      lg      %r6, EXIT_ANSWER_MEMORY(%r1)
        ltgr    %r6, %r6
        jz      5f
        lg      %r7, EXIT_ANSWER_POINTER(%r1)
        lg      %r7, 0(%r7, %r3)
        lg      %r8, EXIT_ANSWER_RESULT(%r1)
        stg     %r7, 0(%r8, %r3)
4:      ic      %r8, 0(%r5)
        stc     %r8, 0(%r7)
        la      %r5, 1(%r5)
        la      %r7, 1(%r7)
        brctg   %r6, 4b
5:      lg      %r2, EXIT_ANSWER_TO_ENTRY(%r1)
6:      restore_r6_to_r9
        br      %r14
        end_index_entry exit_gate

        .macro  protect rights          /* r9: the change */
        lg      %r2, EXIT_CHANGE_PAGES(%r9)
        lg      %r3, EXIT_CHANGE_PAGES_SIZE(%r9)
        lghi    %r4, \rights
        svc     SYS_MPROTECT
        .endm

        index_entry at_exit             /* r2: the list */
        save_r6_to_r9
        lgr     %r9, %r2
        lg      %r8, EXIT_LIST_STATE(%r9)
        lghi    %r1, 1
        stg     %r1, EXIT_ENDING(%r8)
        bcr     15, 0                   /* a full fence */
        lghi    %r7, EXIT_PATIENCE
1:      ltg     %r1, EXIT_WRITERS(%r8)
        jz      2f
        svc     SYS_SCHED_YIELD
        brctg   %r7, 1b
2:      lg      %r8, EXIT_LIST_COUNT(%r9)
        la      %r9, EXIT_LIST_CHANGES(%r9)
3:      aghi    %r8, -1
        jl      6f
        protect PROT_READ + PROT_WRITE
        ltgr    %r2, %r2
        jnz     5f
        lg      %r1, EXIT_CHANGE_FIRST(%r9)
        lg      %r3, EXIT_CHANGE_STEP(%r9)
        lg      %r4, EXIT_CHANGE_COUNT(%r9)
        lg      %r5, EXIT_CHANGE_VALUE(%r9)
4:      stg     %r5, 0(%r1)
        agr     %r1, %r3
        brctg   %r4, 4b
        protect PROT_READ
5:      la      %r9, EXIT_CHANGE_SIZE(%r9)
        j       3b
6:      restore_r6_to_r9
        br      %r14
        end_index_entry at_exit

        exit_layout

        code_table
