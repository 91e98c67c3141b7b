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
#define FRAME_LEAVE_WORDS       (FRAME_RESULT_VECTORS + 4 * 16) /* x0 to x7 */
#define FRAME_LEAVE_FUNCTION    (FRAME_LEAVE_WORDS + 8 * WORD)
#define FRAME_LAST_ERROR        (FRAME_LEAVE_FUNCTION + WORD)
#define FRAME_SIZE              (FRAME_LAST_ERROR + WORD)

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
        ldr     x16, salto_index_header + INDEX_HEADER_LAST_ERROR
        mrs     x15, tpidr_el0
        ldr     w14, [x15, x16]
        str     xzr, [sp, #FRAME_LEAVE_FUNCTION]
        str     w14, [sp, #FRAME_LAST_ERROR]
        mov     x0, x17
        mov     x1, sp
        ldr     x16, salto_index_header + INDEX_HEADER_UNIVERSAL
        blr     x16
        ldr     x16, salto_index_header + INDEX_HEADER_LAST_ERROR
        mrs     x15, tpidr_el0
        ldr     w14, [sp, #FRAME_LAST_ERROR]
        str     w14, [x15, x16]
        ldr     x16, [sp, #FRAME_LEAVE_FUNCTION]
        cbnz    x16, 1f
        ldp     x0, x1, [sp, #FRAME_RESULT_INTEGERS]
        ldp     q0, q1, [sp, #FRAME_RESULT_VECTORS + 0 * 16]
        ldp     q2, q3, [sp, #FRAME_RESULT_VECTORS + 2 * 16]
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_remember_state
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        .cfi_restore_state
1:      ldp     x0, x1, [sp, #FRAME_LEAVE_WORDS + 0 * WORD]
        ldp     x2, x3, [sp, #FRAME_LEAVE_WORDS + 2 * WORD]
        ldp     x4, x5, [sp, #FRAME_LEAVE_WORDS + 4 * WORD]
        ldp     x6, x7, [sp, #FRAME_LEAVE_WORDS + 6 * WORD]
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        br      x16
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 16, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 8

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset       /* x0: the function */
        bti     c
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        blr     x0
        mrs     x1, tpidr_el0
        sub     x0, x0, x1
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa_offset 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. x17 is the recorder.
 *
 * The turn is stored with release, so that the stores into the record come first (Arm Architecture
 * Reference Manual for A-profile, B2.3, "Load-Acquire, Store-Release").
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* x0 to x8 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 9 * WORD)    /* q0 to q7, at a multiple of 16 */
#define RECORD_STACK            (RECORD_VECTORS + 8 * 16)
#define RESULT_INTEGERS         0                               /* x0 x1 */
#define RESULT_VECTORS          (RESULT_INTEGERS + 2 * WORD)    /* q0 to q3 */
#define SYS_FUTEX               98

        entry   record
        bti     c
        ldr     x16, [x17, #RECORDER_QUEUE]
        cbz     x16, .Lrecord_return
        mrs     x9, tpidr_el0
        lsr     x10, x9, #STRIPE_SHIFT_SMALL
        add     x10, x10, x9, lsr #STRIPE_SHIFT_LARGE
        ldp     x11, x12, [x16, #QUEUE_STRIPE_MASK]     /* and QUEUE_STRIPE_SIZE */
        ldr     x13, [x16, #QUEUE_STRIPES]
        and     x10, x10, x11
        madd    x10, x10, x12, x13              /* x10: the stripe */
        ldp     x11, x12, [x16, #QUEUE_MASK]    /* and QUEUE_STRIDE */
.Lrecord_reserve:
        ldr     x13, [x10, #STRIPE_TAIL]
        and     x14, x13, x11
        sub     x15, x13, x14                   /* x15: the turn of a free record */
        madd    x14, x14, x12, x10
        add     x14, x14, #STRIPE_RECORDS       /* x14: the record of position x13 */
        ldar    x9, [x14]
        subs    x9, x9, x15
        b.ne    .Lrecord_not_free
        add     x8, x13, #1
1:      ldxr    x9, [x10]
        cmp     x9, x13
        b.ne    .Lrecord_reserve
        stxr    w9, x8, [x10]
        cbnz    w9, 1b
        add     x15, x15, #1                    /* x15: the turn of a published record */

        stp     x0, x1, [x14, #RECORD_INTEGERS + 0 * WORD]
        stp     x2, x3, [x14, #RECORD_INTEGERS + 2 * WORD]
        stp     x4, x5, [x14, #RECORD_INTEGERS + 4 * WORD]
        stp     x6, x7, [x14, #RECORD_INTEGERS + 6 * WORD]
        mrs     x9, tpidr_el0
        ldr     x10, [x17, #RECORDER_ID]
        ldr     x11, [x17, #RECORDER_LOST]
        stp     x10, x9, [x14, #RECORD_ID]      /* and RECORD_THREAD */
        str     x11, [x14, #RECORD_LOST]
        ldr     x9, [x17, #RECORDER_NO_CLOCK]
        cbnz    x9, 11f
        mrs     x9, cntvct_el0
        str     x9, [x14, #RECORD_CLOCK]
11:
        ldr     x9, [x17, #RECORDER_VECTORS]
        cbz     x9, 2f
        stp     q0, q1, [x14, #RECORD_VECTORS + 0 * 16]
        stp     q2, q3, [x14, #RECORD_VECTORS + 2 * 16]
        stp     q4, q5, [x14, #RECORD_VECTORS + 4 * 16]
        stp     q6, q7, [x14, #RECORD_VECTORS + 6 * 16]
2:      ldr     x9, [x17, #RECORDER_STACK]
        add     x10, x14, #RECORD_STACK
3:      subs    x9, x9, #WORD
        b.mi    4f
        ldr     x11, [sp, x9]
        str     x11, [x10, x9]
        b       3b
4:      ldr     x9, [x17, #RECORDER_COPIES]
        cbnz    x9, .Lrecord_copies
.Lrecord_publish:
        stlr    x15, [x14]
        ldr     w9, [x16, #QUEUE_WAITING]
        cbnz    w9, .Lrecord_wake
.Lrecord_return:
        ldp     x0, x1, [x17, #RECORDER_RESULTS + RESULT_INTEGERS]
        ldp     q0, q1, [x17, #RECORDER_RESULTS + RESULT_VECTORS + 0 * 16]
        ldp     q2, q3, [x17, #RECORDER_RESULTS + RESULT_VECTORS + 2 * 16]
        ret

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        b.pl    .Lrecord_reserve
        add     x9, x17, #RECORDER_LOST
5:      ldxr    x10, [x9]
        add     x10, x10, #1
        stxr    w11, x10, [x9]
        cbnz    w11, 5b
        b       .Lrecord_return

.Lrecord_copies:                                /* x9: the size of the descriptions */
        add     x10, x17, #RECORDER_COPY        /* x10: the description */
        add     x9, x10, x9
6:      ldp     x0, x1, [x10, #COPY_POINTER]    /* and COPY_TARGET */
        ldp     x2, x3, [x10, #COPY_LIMIT]      /* and COPY_LENGTH */
        ldp     x4, x5, [x10, #COPY_LENGTH_MASK] /* and COPY_TO_NUL */
        ldr     x0, [x14, x0]                   /* x0: where the bytes are */
        cbz     x3, 7f
        ldr     x3, [x14, x3]
        and     x3, x3, x4
        cmp     x3, x2
        csel    x2, x3, x2, lo                  /* x2: how many there are at most */
7:      cmp     x0, #0
        csel    x2, xzr, x2, eq
        add     x1, x14, x1
        add     x6, x1, #WORD
        mov     x3, #0                          /* x3: how many are copied */
8:      cmp     x3, x2
        b.eq    10f
        ldrb    w4, [x0, x3]
        strb    w4, [x6, x3]
        cbnz    w4, 9f
        cbnz    x5, 10f
9:      add     x3, x3, #1
        b       8b
10:     str     x3, [x1]
        add     x10, x10, #COPY_SIZE
        cmp     x10, x9
        b.lo    6b
        b       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel changes x0 alone */
        str     wzr, [x16, #QUEUE_WAITING]
        add     x0, x16, #QUEUE_WAITING
        mov     x1, #FUTEX_WAKE_PRIVATE
        mov     x2, #1
        mov     x8, #SYS_FUTEX
        svc     #0
        b       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, 16, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes x0 alone. */
#define SYS_MPROTECT    226
#define SYS_SCHED_YIELD 124

        index_entry exit_bound
        bti     c
        ldr     x17, [x17, #CALL_ARGUMENT]
        b       salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* w0: the id; x1: the frame */
        bti     c
        ldr     x9, salto_index_header + EXIT_STATE
        lsr     w10, w0, #EXIT_SLOT_BITS
        add     x9, x9, #EXIT_DIRECTORY
        ldr     x9, [x9, x10, lsl #3]
        tbz     x9, #0, 1f
        ubfx    x10, x0, #EXIT_ROW_BITS, #EXIT_SLOT_BITS - EXIT_ROW_BITS
        sub     x9, x9, #1
        ldr     x9, [x9, x10, lsl #3]
1:      mov     x0, xzr
        cbz     x9, 6f
        add     x11, x9, #EXIT_ANSWER_WORDS
        ldr     x12, [x9, #EXIT_ANSWER_COUNT]
2:      subs    x12, x12, #1
        b.mi    3f
        ldp     x13, x14, [x11], #2 * WORD
        str     x14, [x1, x13]
        b       2b
3:      ldr     x12, [x9, #EXIT_ANSWER_MEMORY]
        cbz     x12, 5f
        ldr     x13, [x9, #EXIT_ANSWER_POINTER]
        ldr     x13, [x1, x13]
        ldr     x14, [x9, #EXIT_ANSWER_RESULT]
        str     x13, [x1, x14]
4:      ldrb    w14, [x11], #1
        strb    w14, [x13], #1
        subs    x12, x12, #1
        b.ne    4b
5:      ldr     x0, [x9, #EXIT_ANSWER_TO_ENTRY]
6:      ret
        end_index_entry exit_gate

        .macro  protect rights          /* x9: the change */
        ldr     x0, [x9, #EXIT_CHANGE_PAGES]
        ldr     x1, [x9, #EXIT_CHANGE_PAGES_SIZE]
        mov     x2, #\rights
        mov     x8, #SYS_MPROTECT
        svc     #0
        .endm

        index_entry at_exit             /* x0: the list */
        bti     c
        mov     x9, x0
        ldr     x10, [x9, #EXIT_LIST_STATE]
        mov     x11, #1
        str     x11, [x10, #EXIT_ENDING]
        dmb     ish
        mov     x11, #EXIT_PATIENCE
1:      ldr     x12, [x10, #EXIT_WRITERS]
        cbz     x12, 2f
        mov     x8, #SYS_SCHED_YIELD
        svc     #0
        subs    x11, x11, #1
        b.ne    1b
2:      dmb     ish
        ldr     x10, [x9, #EXIT_LIST_COUNT]
        add     x9, x9, #EXIT_LIST_CHANGES
3:      subs    x10, x10, #1
        b.mi    6f
        protect PROT_READ + PROT_WRITE
        cbnz    x0, 5f
        ldr     x11, [x9, #EXIT_CHANGE_FIRST]
        ldr     x12, [x9, #EXIT_CHANGE_STEP]
        ldr     x13, [x9, #EXIT_CHANGE_COUNT]
        ldr     x14, [x9, #EXIT_CHANGE_VALUE]
4:      str     x14, [x11]
        add     x11, x11, x12
        subs    x13, x13, #1
        b.ne    4b
        protect PROT_READ
5:      add     x9, x9, #EXIT_CHANGE_SIZE
        b       3b
6:      ret
        end_index_entry at_exit

        exit_layout

        code_table
