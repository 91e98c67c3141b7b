/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for 32-bit Arm, Procedure Call Standard for the Arm Architecture (AAPCS32) 2024Q3,
 * with the VFP variant (hard float).
 * clang: --target=armv6-unknown-linux-gnueabihf -mfpu=vfpv2
 * lld: -z max-page-size=0x1000
 * scratch register: r12
 *
 *   register        what it is here
 *   r12 (ip)        scratch register: the block's argument, for the code that a trampoline jumps to. AAPCS32 (6.1.1) leaves it to
 *                   whatever comes between a caller and its callee; compilers have their static chain pointer there
 *   r0 to r3        the integer arguments, in this order (6.1.1); r0 also carries the address of a result in memory
 *   d0 to d7        the floating-point arguments: not touched
 *   lr (r14)        the return address
 *   r4 to r11, sp   a callee hands them back as they were
 *
 * All code is in Arm state. Callers and targets may be in Thumb state: everything here is reached
 * and left by branches that change the state (5.6). The stack pointer is a multiple of 8 at a call
 * (6.2.1.2). The mapping with the instructions never changes, so instruction caches need no care.
 */
#define WORD            4
#define TRAMPOLINE_SIZE 8
#define INDEX_TRAMPOLINE_SIZE 8

/* A load of several registers has the lowest one first, and the last is pc. */
#define BLOCK_ARGUMENT  (0 * WORD)
#define BLOCK_ENTRY     (1 * WORD)

/* No counter can be read on all processors. */
#define RECORD_HAS_CLOCK 0

#include "text-image.h"

/* An instruction that reads pc gets the address two instructions ahead. */
#define PC_AHEAD        8

/*
 * The way to a block is the same from every trampoline: a number that fits an instruction, and one
 * block more.
 */
#if TRAMPOLINE_SIZE != BLOCK_SIZE || PC_AHEAD != BLOCK_SIZE || (CODE_SIZE - HEAD_SIZE) != 0xf000
#error "a trampoline reaches the end of its block with one addition"
#endif

        .syntax unified
        .arm

        .macro  trampoline block
        add     ip, pc, #CODE_SIZE - HEAD_SIZE
        ldmdb   ip, {ip, pc}
        .endm

/* No instruction can hold every index, so it comes from the trampoline's address. */
        .macro  index_trampoline index
        mov     ip, pc
        b       .Lindex_jump_on
        .endm

        .section .text.index.entries, "ax", %progbits

#if INDEX_ENTRIES != 0xf000 || INDEX_TRAMPOLINE_SIZE != 8
#error "two additions and a shift make an index of an address"
#endif

/* The first entry, at INDEX_ENTRIES, which reads the same distance ahead as a trampoline. */
        .type   index_jump_on, %function
index_jump_on:
.Lindex_jump_on:
        .cfi_startproc
        sub     ip, ip, pc
        add     ip, ip, #INDEX_ENTRIES
        lsr     ip, ip, #3
        ldr     pc, .Lindex_header + INDEX_HEADER_ENTRY
        .cfi_endproc
        .size   index_jump_on, . - index_jump_on

        .section .text.entries, "ax", %progbits

/*
 * append_gp<k>: the hidden argument becomes core register argument number k, behind the caller's
 * own.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record.
 */
        .macro  append_gp k
        entry   bind_gp\k
        ldr     r\k, [ip, #CALL_ARGUMENT]
        ldr     pc, [ip, #CALL_TARGET]
        end_entry bind_gp\k
        index_entry append_gp\k
        ldr     r\k, .Lindex_header + INDEX_HEADER_BASE
        add     r\k, r\k, ip
        ldr     pc, .Lindex_header + INDEX_HEADER_GATE
        end_index_entry append_gp\k
        .endm

        .irp    k, 0, 1, 2, 3
        append_gp \k
        .endr

/*
 * append_stack, bind_stack: no core register is left, so the appended argument goes on the stack,
 * behind the caller's own stack arguments (6.5, stage C). They must be contiguous, so the entry
 * copies the caller's into a new frame.
 */
        .macro  enter_frame
        push    {r4, r5, fp, lr}
        .cfi_def_cfa_offset 16
        .cfi_offset lr, -4
        .cfi_offset fp, -8
        .cfi_offset r5, -12
        .cfi_offset r4, -16
        mov     fp, sp
        .cfi_def_cfa_register fp
        .endm

        .macro  call_with_copied_stack  /* r4: the call; ip: the argument to append */
        ldr     r5, [r4, #CALL_STACK_SIZE]
        add     lr, r5, #WORD + 7
        bic     lr, lr, #7
        sub     sp, sp, lr
        str     ip, [sp, r5]
        add     ip, fp, #16             /* the caller's stack arguments: above the saved registers */
1:      subs    r5, r5, #WORD
        bmi     2f
        ldr     lr, [ip, r5]
        str     lr, [sp, r5]
        b       1b
2:      ldr     ip, [r4, #CALL_TARGET]
        blx     ip
        mov     sp, fp
        pop     {r4, r5, fp, pc}
        .endm

        entry   bind_stack
        enter_frame
        mov     r4, ip
        ldr     ip, [r4, #CALL_ARGUMENT]
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        enter_frame
        ldr     r4, 4f
3:      add     r4, pc, r4
        ldr     r5, [r4, #CALL_ARGUMENT]
        add     ip, ip, r5
        call_with_copied_stack
4:      .word   .Lindex_header + INDEX_HEADER_CALL - (3b + PC_AHEAD)
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result (6.4, 7.1.2).
 */
        .macro  set_results_to_zero_but_r0
        mov     r1, #0
        .irp    n, 0, 1, 2, 3
        vmov    d\n, r1, r1
        .endr
        .endm

        entry   dead
        mov     r0, #0
        set_results_to_zero_but_r0
        bx      lr
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers (7.1.2.2). The core registers lie right below the caller's stack
 * arguments: a struct that is in both (6.5, C.5) is in one row.
 */
#define FRAME_RESULT_INTEGERS   0                                       /* r0 to r3 */
#define FRAME_RESULT_VECTORS    (FRAME_RESULT_INTEGERS + 4 * WORD)      /* d0 to d3 */
#define FRAME_VECTORS           (FRAME_RESULT_VECTORS + 4 * 8)          /* d0 to d7 */
#define FRAME_LEAVE_WORDS       (FRAME_VECTORS + 8 * 8)                 /* r0 to r3 */
#define FRAME_LEAVE_FUNCTION    (FRAME_LEAVE_WORDS + 4 * WORD)
#define FRAME_LAST_ERROR        (FRAME_LEAVE_FUNCTION + WORD)
#define FRAME_SAVED_FP          (FRAME_LAST_ERROR + WORD)
#define FRAME_SAVED_LR          (FRAME_SAVED_FP + WORD)
#define FRAME_INTEGERS          (FRAME_SAVED_LR + WORD)                 /* r0 to r3 */
#define FRAME_STACK             (FRAME_INTEGERS + 4 * WORD)

#if FRAME_STACK % 8 != 0
#error "the stack pointer is a multiple of 8 at the call"
#endif

        .macro  thread_pointer register
        mrc     p15, 0, \register, c13, c0, 3
        .endm

        .macro  leave_generic_frame
        mov     sp, fp
        pop     {fp, lr}
        .cfi_def_cfa sp, 16
        .cfi_restore fp
        .cfi_restore lr
        add     sp, sp, #FRAME_STACK - FRAME_INTEGERS
        .cfi_def_cfa_offset 0
        .endm

        index_entry generic
        push    {r0, r1, r2, r3}
        .cfi_def_cfa_offset 16
        push    {fp, lr}
        .cfi_def_cfa_offset 24
        .cfi_offset lr, -20
        .cfi_offset fp, -24
        mov     fp, sp
        .cfi_def_cfa_register fp
        ldr     r0, .Lindex_header + INDEX_HEADER_LAST_ERROR
        thread_pointer r1
        ldr     r1, [r1, r0]
        mov     r0, #0
        push    {r0, r1}                        /* no function to leave by, and errno */
        sub     sp, sp, #FRAME_LEAVE_FUNCTION - FRAME_LEAVE_WORDS
        vpush   {d0, d1, d2, d3, d4, d5, d6, d7}
        set_results_to_zero_but_r0
        mov     r2, r0
        mov     r3, r0
        vpush   {d0, d1, d2, d3}
        push    {r0, r1, r2, r3}
        ldr     r0, .Lindex_header + INDEX_HEADER_BASE
        add     r0, r0, ip
        mov     r1, sp
        ldr     ip, .Lindex_header + INDEX_HEADER_UNIVERSAL
        blx     ip
        ldr     r0, .Lindex_header + INDEX_HEADER_LAST_ERROR
        thread_pointer r1
        ldr     r2, [fp, #FRAME_LAST_ERROR - FRAME_SAVED_FP]
        str     r2, [r1, r0]
        ldr     ip, [fp, #FRAME_LEAVE_FUNCTION - FRAME_SAVED_FP]
        cmp     ip, #0
        bne     1f
        pop     {r0, r1, r2, r3}
        vpop    {d0, d1, d2, d3}
        .cfi_remember_state
        leave_generic_frame
        bx      lr
        .cfi_restore_state
1:      sub     r3, fp, #FRAME_SAVED_FP - FRAME_LEAVE_WORDS
        ldm     r3, {r0, r1, r2, r3}
        leave_generic_frame
        bx      ip
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 0, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SAVED_LR, FRAME_STACK
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 4

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* r0: the function */
        push    {r4, lr}
        .cfi_def_cfa_offset 8
        .cfi_offset lr, -4
        .cfi_offset r4, -8
        blx     r0
        thread_pointer r1
        sub     r0, r0, r1
        pop     {r4, pc}
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. ip is the recorder. The core registers lie
 * right below the stack arguments, as in the frame of generic.
 *
 * A barrier orders the stores into the record before the store of the turn. It is the one of Armv6,
 * which later processors know, too (Arm Architecture Reference Manual Armv7-A and R, B4.2.5). A
 * store is not visible before the branch that it depends on is resolved (A3.8.2). So the load of
 * the turn comes before the stores into the record.
 */
#define RECORD_VECTORS          RECORD_REGISTERS                /* d0 to d7 */
#define RECORD_INTEGERS         (RECORD_VECTORS + 8 * 8)        /* r0 to r3 */
#define RECORD_STACK            (RECORD_INTEGERS + 4 * WORD)
#define RESULT_INTEGERS         0                               /* r0 to r3 */
#define RESULT_VECTORS          (RESULT_INTEGERS + 4 * WORD)    /* d0 to d3 */
#define RECORD_PUSHED           (6 * WORD)
#define SYS_FUTEX               240

        entry   record
        push    {r4, r5, r6, r7, r8, lr}
        .cfi_def_cfa_offset RECORD_PUSHED
        .cfi_offset lr, -4
        .cfi_offset r8, -8
        .cfi_offset r7, -12
        .cfi_offset r6, -16
        .cfi_offset r5, -20
        .cfi_offset r4, -24
        ldr     r4, [ip, #RECORDER_QUEUE]       /* r4: the queue */
        cmp     r4, #0
        beq     .Lrecord_return
        thread_pointer r5
        lsr     r6, r5, #STRIPE_SHIFT_SMALL
        add     r6, r6, r5, lsr #STRIPE_SHIFT_LARGE
        ldr     r7, [r4, #QUEUE_STRIPE_MASK]
        ldr     r8, [r4, #QUEUE_STRIPE_SIZE]
        and     r6, r6, r7
        ldr     r7, [r4, #QUEUE_STRIPES]
        mla     r6, r6, r8, r7                  /* r6: the stripe */
.Lrecord_reserve:
        ldr     r7, [r6, #STRIPE_TAIL]
        ldr     lr, [r4, #QUEUE_MASK]
        and     r8, r7, lr
        sub     r5, r7, r8                      /* r5: the turn of a free record */
        ldr     lr, [r4, #QUEUE_STRIDE]
        mla     r8, r8, lr, r6
        add     r8, r8, #STRIPE_RECORDS         /* r8: the record of position r7 */
        ldr     lr, [r8, #RECORD_TURN]
        subs    lr, lr, r5
        bne     .Lrecord_not_free
        ldrex   lr, [r6]
        cmp     lr, r7
        bne     .Lrecord_reserve
        add     r7, r7, #1
        strex   lr, r7, [r6]
        cmp     lr, #0
        bne     .Lrecord_reserve
        add     r5, r5, #1                      /* r5: the turn of a published record */

        add     lr, r8, #RECORD_INTEGERS
        stm     lr, {r0, r1, r2, r3}
        add     lr, r8, #RECORD_VECTORS
        vstmia  lr, {d0, d1, d2, d3, d4, d5, d6, d7}
        ldr     r0, [ip, #RECORDER_ID]
        ldr     r1, [ip, #RECORDER_LOST]
        thread_pointer r2
        str     r0, [r8, #RECORD_ID]
        str     r2, [r8, #RECORD_THREAD]
        str     r1, [r8, #RECORD_LOST]
        ldr     r0, [ip, #RECORDER_STACK]
        add     r1, sp, #RECORD_PUSHED
        add     r2, r8, #RECORD_STACK
1:      subs    r0, r0, #WORD
        bmi     2f
        ldr     r3, [r1, r0]
        str     r3, [r2, r0]
        b       1b
2:      ldr     r1, [ip, #RECORDER_COPIES]
        cmp     r1, #0
        bne     .Lrecord_copies
.Lrecord_publish:
        mov     r0, #0
        mcr     p15, 0, r0, c7, c10, 5          /* data memory barrier */
        str     r5, [r8, #RECORD_TURN]
        ldr     r0, [r4, #QUEUE_WAITING]
        cmp     r0, #0
        bne     .Lrecord_wake
.Lrecord_return:
        add     lr, ip, #RECORDER_RESULTS + RESULT_VECTORS
        vldmia  lr, {d0, d1, d2, d3}
        add     lr, ip, #RECORDER_RESULTS + RESULT_INTEGERS
        ldm     lr, {r0, r1, r2, r3}
        pop     {r4, r5, r6, r7, r8, pc}

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        bpl     .Lrecord_reserve
        add     r0, ip, #RECORDER_LOST
3:      ldrex   r1, [r0]
        add     r1, r1, #1
        strex   r2, r1, [r0]
        cmp     r2, #0
        bne     3b
        b       .Lrecord_return

.Lrecord_copies:                                /* r1: the size of the descriptions */
        add     r0, ip, #RECORDER_COPY          /* r0: the description */
        add     r1, r0, r1
4:      ldr     r2, [r0, #COPY_POINTER]
        ldr     r2, [r8, r2]                    /* r2: where the bytes are */
        ldr     r3, [r0, #COPY_LIMIT]           /* r3: how many there are at most */
        ldr     r6, [r0, #COPY_LENGTH]
        cmp     r6, #0
        beq     5f
        ldr     r6, [r8, r6]
        ldr     r7, [r0, #COPY_LENGTH_MASK]
        and     r6, r6, r7
        cmp     r6, r3
        movlo   r3, r6
5:      cmp     r2, #0
        moveq   r3, #0
        ldr     r6, [r0, #COPY_TARGET]
        add     r6, r6, r8
        add     r6, r6, #WORD                   /* r6: where they go */
        mov     r7, #0                          /* r7: how many are copied */
6:      cmp     r7, r3
        beq     8f
        ldrb    lr, [r2, r7]
        strb    lr, [r6, r7]
        cmp     lr, #0
        bne     7f
        ldr     lr, [r0, #COPY_TO_NUL]
        cmp     lr, #0
        bne     8f
7:      add     r7, r7, #1
        b       6b
8:      str     r7, [r6, #-WORD]
        add     r0, r0, #COPY_SIZE
        cmp     r0, r1
        blo     4b
        b       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel changes r0 alone */
        mov     r0, #0
        str     r0, [r4, #QUEUE_WAITING]
        add     r0, r4, #QUEUE_WAITING
        mov     r1, #FUTEX_WAKE_PRIVATE
        mov     r2, #1
        mov     r7, #SYS_FUTEX
        svc     #0
        b       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, 0, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes r0 alone. */
#define SYS_MPROTECT    125
#define SYS_SCHED_YIELD 158

        .macro  full_fence              /* an instruction of its own came with a later architecture */
        mcr     p15, 0, r0, c7, c10, 5
        .endm

        index_entry exit_bound
        ldr     ip, [ip, #CALL_ARGUMENT]
        b       salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* r0: the id; r1: the frame */
        push    {r4, r5, r6, lr}
        .cfi_def_cfa_offset 16
        .cfi_offset lr, -4
        .cfi_offset r6, -8
        .cfi_offset r5, -12
        .cfi_offset r4, -16
        ldr     r2, .Lindex_header + EXIT_STATE
        lsr     r3, r0, #EXIT_SLOT_BITS
        add     r2, r2, #EXIT_DIRECTORY
        ldr     r2, [r2, r3, lsl #2]
        tst     r2, #1
        beq     1f
        lsl     r3, r0, #32 - EXIT_SLOT_BITS
        lsr     r3, r3, #32 - EXIT_SLOT_BITS + EXIT_ROW_BITS
        sub     r2, r2, #1
        ldr     r2, [r2, r3, lsl #2]
1:      mov     r0, #0
        cmp     r2, #0
        beq     6f
        add     r3, r2, #EXIT_ANSWER_WORDS
        ldr     r4, [r2, #EXIT_ANSWER_COUNT]
2:      subs    r4, r4, #1
        bmi     3f
        ldr     r5, [r3], #WORD
        ldr     r6, [r3], #WORD
        str     r6, [r1, r5]
        b       2b
3:      ldr     r4, [r2, #EXIT_ANSWER_MEMORY]
        cmp     r4, #0
        beq     5f
        ldr     r5, [r2, #EXIT_ANSWER_POINTER]
        ldr     r5, [r1, r5]
        ldr     r6, [r2, #EXIT_ANSWER_RESULT]
        str     r5, [r1, r6]
4:      ldrb    r6, [r3], #1
        strb    r6, [r5], #1
        subs    r4, r4, #1
        bne     4b
5:      ldr     r0, [r2, #EXIT_ANSWER_TO_ENTRY]
6:      pop     {r4, r5, r6, pc}
        end_index_entry exit_gate

        .macro  protect rights          /* r4: the change */
        ldr     r0, [r4, #EXIT_CHANGE_PAGES]
        ldr     r1, [r4, #EXIT_CHANGE_PAGES_SIZE]
        mov     r2, #\rights
        mov     r7, #SYS_MPROTECT
        svc     #0
        .endm

        index_entry at_exit             /* r0: the list */
        push    {r4, r5, r6, r7, r8, lr}
        .cfi_def_cfa_offset 24
        .cfi_offset lr, -4
        .cfi_offset r8, -8
        .cfi_offset r7, -12
        .cfi_offset r6, -16
        .cfi_offset r5, -20
        .cfi_offset r4, -24
        mov     r4, r0
        ldr     r5, [r4, #EXIT_LIST_STATE]
        mov     r6, #1
        str     r6, [r5, #EXIT_ENDING]
        full_fence
        mov     r6, #EXIT_PATIENCE & 0xff00
        orr     r6, r6, #EXIT_PATIENCE & 0xff
1:      ldr     r8, [r5, #EXIT_WRITERS]
        cmp     r8, #0
        beq     2f
        mov     r7, #SYS_SCHED_YIELD
        svc     #0
        subs    r6, r6, #1
        bne     1b
2:      full_fence
        ldr     r5, [r4, #EXIT_LIST_COUNT]
        add     r4, r4, #EXIT_LIST_CHANGES
3:      subs    r5, r5, #1
        bmi     6f
        protect PROT_READ + PROT_WRITE
        cmp     r0, #0
        bne     5f
        ldr     r0, [r4, #EXIT_CHANGE_FIRST]
        ldr     r1, [r4, #EXIT_CHANGE_STEP]
        ldr     r2, [r4, #EXIT_CHANGE_COUNT]
        ldr     r3, [r4, #EXIT_CHANGE_VALUE]
4:      str     r3, [r0]
        add     r0, r0, r1
        subs    r2, r2, #1
        bne     4b
        protect PROT_READ
5:      add     r4, r4, #EXIT_CHANGE_SIZE
        b       3b
6:      pop     {r4, r5, r6, r7, r8, pc}
        end_index_entry at_exit

        exit_layout

        code_table
