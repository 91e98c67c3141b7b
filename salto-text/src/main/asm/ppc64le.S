/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for little-endian 64-bit PowerPC, 64-Bit ELF V2 ABI Specification, Power
 * Architecture (ELFv2) 1.5, chapter 2.
 * clang: --target=powerpc64le-unknown-linux-gnu -mfloat128
 * scratch register: r11
 *
 *   register     what it is here
 *   r11          scratch register: the block's argument, for the code that a trampoline jumps to. ELFv2 (Register Roles)
 *                gives it to the environment pointer of languages that have one, and never to an argument
 *   r12          the address of the function that is entered by way of a pointer: a trampoline
 *                finds its block by it, an entry by index the header of its table. All code that
 *                jumps on leaves there the address that it jumps to
 *   ctr          where to jump, the same as r12
 *   r3 to r10    the integer arguments, in this order (Parameter Passing in Registers)
 *   r1           the stack pointer, a multiple of 16; it points to the back chain, the address of the frame before
 *   r2           the TOC pointer: not touched by what jumps, and saved by what calls
 *   r0           free for entries: caller-saved, never an argument. There is no other
 *
 * The mapping with the instructions never changes, so instruction caches need no care.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16
#define INDEX_TRAMPOLINE_SIZE 8

#include "text-image.h"

/* A frame (The Stack Frame): distances from its stack pointer. */
#define FRAME_LR        16              /* a callee keeps its return address in its caller's frame */
#define FRAME_TOC       24
#define FRAME_HEADER    32              /* behind it the parameter save area: a doubleword for each argument, also for those in */
#define REGISTER_SLOTS  8               /* r3 to r10 */

        .abiversion 2

/*
 * A block lies CODE_SIZE - HEAD_SIZE bytes behind its trampoline: addis adds the one, and the
 * displacements take away the other. With its own mtctr and bctr a trampoline would have 20 bytes,
 * and so take 24.
 */
        .macro  trampoline block
        addis   12, 12, CODE_SIZE >> 16
        ld      11, BLOCK_ARGUMENT - HEAD_SIZE(12)
        ld      12, BLOCK_ENTRY - HEAD_SIZE(12)
        b       .Ljump_on
        .endm

        .macro  index_trampoline index
        li      11, \index
        b       .Lindex_jump_on
        .endm

        .section .text.index.entries, "ax", %progbits

/* Turns the address of a trampoline into that of trampoline 0, and then of the header. */
        .type   index_jump_on, %function
index_jump_on:
.Lindex_jump_on:
        .cfi_startproc
        sldi    0, 11, 3                /* INDEX_TRAMPOLINE_SIZE bytes each */
        subf    12, 0, 12
        addis   12, 12, CODE_SIZE >> 16
        ld      12, INDEX_HEADER_ENTRY(12)
        mtctr   12
        bctr
        .cfi_endproc
        .size   index_jump_on, . - index_jump_on

        .section .text.entries, "ax", %progbits

        .type   jump_on, %function
jump_on:
.Ljump_on:
        .cfi_startproc
        mtctr   12
        bctr
        .cfi_endproc
        .size   jump_on, . - jump_on

/*
 * Turns the address of an entry, in r12, into that of the call record in its table's header, and
 * adds the base to the index.
 */
        .macro  index_header_call entry
        addis   12, 12, (salto_index_header + INDEX_HEADER_CALL - salto_entry_\entry)@ha
        addi    12, 12, (salto_index_header + INDEX_HEADER_CALL - salto_entry_\entry)@l
        ld      0, CALL_ARGUMENT(12)
        add     11, 11, 0
        .endm

/*
 * append_gp<k>: the hidden argument becomes integer argument number k. A floating-point argument
 * before it has a floating-point register, but also takes the place of an integer.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record.
 */
        .macro  append_gp k, register
        entry   bind_gp\k
        ld      12, CALL_TARGET(11)
        ld      \register, CALL_ARGUMENT(11)
        mtctr   12
        bctr
        end_entry bind_gp\k
        index_entry append_gp\k
        index_header_call append_gp\k
        mr      \register, 11
        ld      12, CALL_TARGET(12)
        mtctr   12
        bctr
        end_index_entry append_gp\k
        .endm

        append_gp 0, 3
        append_gp 1, 4
        append_gp 2, 5
        append_gp 3, 6
        append_gp 4, 7
        append_gp 5, 8
        append_gp 6, 9
        append_gp 7, 10

/*
 * append_stack, bind_stack: r3 to r10 are spent, so the appended argument goes into the parameter
 * save area, behind the doublewords of all other arguments. CALL_STACK_SIZE is its distance from
 * the beginning of that area, at least REGISTER_SLOTS doublewords. The area must be contiguous, so
 * the entry copies the caller's into a new frame. It leaves out the doublewords of r3 to r10, which
 * are not written.
 *
 * A caller need not have such an area when all its arguments are in registers, as nine doubles are.
 * So the entry copies nothing beyond the caller's frame, which ends at its back chain. (If the back
 * chain is zero, in a thread's first frame, or leads to a lower stack, the size becomes a very
 * large unsigned number.)
 */
        .macro  call_with_copied_stack  /* r12: the call; r11: the argument to append */
        mflr    0
        std     0, FRAME_LR(1)
        .cfi_offset lr, FRAME_LR
        std     31, -8(1)
        .cfi_offset r31, -8
        std     30, -16(1)
        .cfi_offset r30, -16
        mr      31, 1                   /* the frame pointer: where the caller's stack pointer was */
        .cfi_def_cfa_register r31
        mr      30, 12
        ld      12, CALL_STACK_SIZE(30)
        addi    12, 12, FRAME_HEADER    /* from here on distances from either stack pointer */
        addi    0, 12, WORD + 16 + 15   /* the appended argument, r30 and r31, and rounding */
        clrrdi  0, 0, 4
        neg     0, 0
        stdux   1, 1, 0                 /* the new frame with its back chain */
        stdx    11, 1, 12
        ld      11, 0(31)
        subf    11, 31, 11              /* the size of the caller's frame */
        cmpld   12, 11
        ble     1f
        mr      12, 11
1:      addi    12, 12, -WORD
        cmpldi  12, FRAME_HEADER + REGISTER_SLOTS * WORD
        blt     2f
        ldx     0, 31, 12
        stdx    0, 1, 12
        b       1b
2:      std     2, FRAME_TOC(1)
        ld      12, CALL_TARGET(30)
        mtctr   12
        bctrl
        ld      2, FRAME_TOC(1)         /* behind a call unwinders know this instruction */
        mr      1, 31
        .cfi_def_cfa_register r1
        ld      30, -16(1)              /* below the stack pointer, in the protected zone */
        .cfi_restore r30
        ld      31, -8(1)
        .cfi_restore r31
        ld      0, FRAME_LR(1)
        mtlr    0
        .cfi_restore lr
        blr
        .endm

        entry   bind_stack
        mr      12, 11
        ld      11, CALL_ARGUMENT(12)
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        index_header_call append_stack
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result (Return Values).
 */
        entry   dead
        li      3, 0
        li      4, 0
        .irp    f, 1, 2, 3, 4, 5, 6, 7, 8
        xxlxor  \f, \f, \f              /* f1 to f8, by their names as vector registers */
        .endr
        blr
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers. v2 to v13 have numbers of 16 bytes.
 */
#define SAVED_INTEGERS          FRAME_HEADER                    /* r3 to r10 */
#define SAVED_VECTORS           (SAVED_INTEGERS + 8 * 8)        /* f1 to f13 */
#define RESULT_VECTORS          (SAVED_VECTORS + 13 * 8)        /* f1 to f8 */
#define RESULT_INTEGERS         (RESULT_VECTORS + 8 * 8)        /* r3 r4 */
#define LAST_ERROR              (RESULT_INTEGERS + 2 * 8)
#define LAST_ERROR_WAY          (LAST_ERROR + 8)                /* from the thread pointer */
#define LEAVE_FUNCTION          (LAST_ERROR_WAY + 8)
#define LEAVE_WORDS             (LEAVE_FUNCTION + 8)            /* r3 to r10 */
#define SAVED_QUADS             (LEAVE_WORDS + 8 * 8)           /* v2 to v13, at a multiple of 16 */
#define RESULT_QUADS            (SAVED_QUADS + 12 * 16)         /* v2 to v9 */
#define GENERIC_SIZE            (RESULT_QUADS + 8 * 16)

#if SAVED_QUADS % 16 != 0
#error "vector registers are stored at multiples of 16"
#endif

        .macro  leave_generic_frame
        addi    1, 1, GENERIC_SIZE
        .cfi_def_cfa_offset 0
        ld      0, FRAME_LR(1)
        mtlr    0
        .cfi_restore lr
        blr
        .endm

        index_entry generic
        index_header_call generic
        mflr    0
        std     0, FRAME_LR(1)
        .cfi_offset lr, FRAME_LR
        stdu    1, -GENERIC_SIZE(1)
        .cfi_def_cfa_offset GENERIC_SIZE
        std     2, FRAME_TOC(1)
        .irp    n, 3, 4, 5, 6, 7, 8, 9, 10
        std     \n, SAVED_INTEGERS + (\n - 3) * 8(1)
        .endr
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        stfd    \n, SAVED_VECTORS + (\n - 1) * 8(1)
        .endr
        addi    4, 1, SAVED_QUADS
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        stvx    \n, 0, 4
        addi    4, 4, 16
        .endr
        vxor    2, 2, 2
        .rept   8
        stvx    2, 0, 4
        addi    4, 4, 16
        .endr
        li      0, 0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
        std     0, RESULT_VECTORS + \n * 8(1)
        .endr
        std     0, LEAVE_FUNCTION(1)
        ld      5, INDEX_HEADER_LAST_ERROR - INDEX_HEADER_CALL(12)
        std     5, LAST_ERROR_WAY(1)
        lwzx    5, 13, 5
        stw     5, LAST_ERROR(1)
        ld      12, INDEX_HEADER_UNIVERSAL - INDEX_HEADER_CALL(12)
        mr      3, 11
        addi    4, 1, FRAME_HEADER
        mtctr   12
        bctrl
        ld      2, FRAME_TOC(1)
        ld      5, LAST_ERROR_WAY(1)
        lwz     4, LAST_ERROR(1)
        stwx    4, 13, 5
        ld      12, LEAVE_FUNCTION(1)
        cmpdi   12, 0
        bne     1f
        addi    4, 1, RESULT_QUADS
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9
        lvx     \n, 0, 4
        addi    4, 4, 16
        .endr
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8
        lfd     \n, RESULT_VECTORS + (\n - 1) * 8(1)
        .endr
        ld      3, RESULT_INTEGERS(1)
        ld      4, RESULT_INTEGERS + 8(1)
        .cfi_remember_state
        leave_generic_frame
        .cfi_restore_state
        /*
         * A variadic function may store its arguments in the parameter save area of its caller's
         * frame, which only some callers have (Parameter Save Area). So the function is called, and
         * the area is where r3 to r10 were saved.
         */
1:      .irp    n, 3, 4, 5, 6, 7, 8, 9, 10
        ld      \n, LEAVE_WORDS + (\n - 3) * 8(1)
        .endr
        mtctr   12
        bctrl
        ld      2, FRAME_TOC(1)
        leave_generic_frame
        end_index_entry generic

        /*
         * The frame's address is behind its header; stack arguments count from the beginning of the
         * caller's parameter save area.
         */
        frame   generic, SAVED_INTEGERS - FRAME_HEADER, SAVED_VECTORS - FRAME_HEADER, 8, RESULT_INTEGERS - FRAME_HEADER, RESULT_VECTORS - FRAME_HEADER, GENERIC_SIZE + FRAME_LR - FRAME_HEADER, GENERIC_SIZE
        frame_of_caller generic, LAST_ERROR - FRAME_HEADER, LEAVE_FUNCTION - FRAME_HEADER, LEAVE_WORDS - FRAME_HEADER, 8
        layout  generic_quads, SAVED_QUADS - FRAME_HEADER
        layout  generic_result_quads, RESULT_QUADS - FRAME_HEADER

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* r3: the function */
        mflr    0
        std     0, FRAME_LR(1)
        .cfi_offset lr, FRAME_LR
        stdu    1, -FRAME_HEADER(1)
        .cfi_def_cfa_offset FRAME_HEADER
        std     2, FRAME_TOC(1)
        mr      12, 3
        mtctr   12
        bctrl
        ld      2, FRAME_TOC(1)
        sub     3, 3, 13
        addi    1, 1, FRAME_HEADER
        .cfi_def_cfa_offset 0
        ld      0, FRAME_LR(1)
        mtlr    0
        .cfi_restore lr
        blr
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. r11 is the recorder. A function that calls
 * nothing may use the 288 bytes below the stack pointer ("protected zone").
 *
 * `lwsync` orders the stores into the record before the store of the turn (Power ISA, book II,
 * 4.6.3). A store is not performed before the branch that it depends on, so the load of the turn
 * comes before the stores into the record.
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* r3 to r10 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 8 * 8)       /* f1 to f13 */
#define RECORD_QUADS            (RECORD_VECTORS + 13 * 8)       /* v2 to v13, at a multiple of 16 */
#define RECORD_STACK            (RECORD_QUADS + 12 * 16)
#define RECORD_RESULT_INTEGERS  0                               /* r3 r4 */
#define RECORD_RESULT_VECTORS   (RECORD_RESULT_INTEGERS + 2 * 8) /* f1 to f8 */
#define RECORD_RESULT_QUADS     (RECORD_RESULT_VECTORS + 8 * 8) /* v2 to v9, at a multiple of 16 */
#define SPILLED(n)              (-8 * ((n) - 1))                /* r3 to r8; there is one place more, at -8 */
#define SYS_FUTEX               221

#if RECORD_QUADS % 16 != 0 || (RECORDER_RESULTS + RECORD_RESULT_QUADS) % 16 != 0
#error "stvx and lvx ignore the low bits of an address"
#endif

        entry   record
        ld      12, RECORDER_QUEUE(11)
        cmpdi   12, 0
        beq     .Lrecord_return
        .irp    n, 3, 4, 5, 6, 7, 8
        std     \n, SPILLED(\n)(1)
        .endr
        srdi    3, 13, STRIPE_SHIFT_SMALL
        srdi    4, 13, STRIPE_SHIFT_LARGE
        add     3, 3, 4
        ld      4, QUEUE_STRIPE_MASK(12)
        and     3, 3, 4
        ld      4, QUEUE_STRIPE_SIZE(12)
        mulld   3, 3, 4
        ld      4, QUEUE_STRIPES(12)
        add     3, 3, 4                         /* r3: the stripe */
.Lrecord_reserve:
        ld      4, STRIPE_TAIL(3)
        ld      5, QUEUE_MASK(12)
        and     5, 4, 5
        subf    6, 5, 4                         /* r6: the turn of a free record */
        ld      7, QUEUE_STRIDE(12)
        mulld   5, 5, 7
        add     5, 5, 3
        addi    5, 5, STRIPE_RECORDS            /* r5: the record of position r4 */
        ld      7, RECORD_TURN(5)
        subf.   7, 6, 7
        bne     .Lrecord_not_free
        addi    8, 4, 1
1:      ldarx   7, 0, 3
        cmpd    7, 4
        bne     .Lrecord_reserve
        stdcx.  8, 0, 3
        bne     1b
        addi    6, 6, 1                         /* r6: the turn of a published record */

        .irp    n, 3, 4, 5, 6, 7, 8
        ld      7, SPILLED(\n)(1)
        std     7, RECORD_INTEGERS + (\n - 3) * 8(5)
        .endr
        std     9, RECORD_INTEGERS + 6 * 8(5)
        std     10, RECORD_INTEGERS + 7 * 8(5)
        ld      7, RECORDER_ID(11)
        ld      8, RECORDER_LOST(11)
        std     7, RECORD_ID(5)
        std     13, RECORD_THREAD(5)
        std     8, RECORD_LOST(5)
        ld      7, RECORDER_NO_CLOCK(11)
        cmpdi   7, 0
        bne     12f
        mftb    7
        std     7, RECORD_CLOCK(5)
12:
        ld      7, RECORDER_VECTORS(11)
        cmpdi   7, 0
        beq     2f
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        stfd    \n, RECORD_VECTORS + (\n - 1) * 8(5)
        .endr
        addi    7, 5, RECORD_QUADS
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
        stvx    \n, 0, 7
        addi    7, 7, 16
        .endr
2:      ld      7, RECORDER_STACK(11)
        addi    8, 5, RECORD_STACK
        addi    9, 1, FRAME_HEADER
3:      addic.  7, 7, -WORD
        blt     4f
        ldx     10, 9, 7
        stdx    10, 8, 7
        b       3b
4:      ld      7, RECORDER_COPIES(11)
        cmpdi   7, 0
        bne     .Lrecord_copies
.Lrecord_publish:
        lwsync
        std     6, RECORD_TURN(5)
        lwz     7, QUEUE_WAITING(12)
        cmpwi   7, 0
        bne     .Lrecord_wake
.Lrecord_return:
        addi    4, 11, RECORDER_RESULTS + RECORD_RESULT_QUADS
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9
        lvx     \n, 0, 4
        addi    4, 4, 16
        .endr
        .irp    n, 1, 2, 3, 4, 5, 6, 7, 8
        lfd     \n, RECORDER_RESULTS + RECORD_RESULT_VECTORS + (\n - 1) * 8(11)
        .endr
        ld      3, RECORDER_RESULTS + RECORD_RESULT_INTEGERS(11)
        ld      4, RECORDER_RESULTS + RECORD_RESULT_INTEGERS + 8(11)
        blr

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        bgt     .Lrecord_reserve
        addi    3, 11, RECORDER_LOST
5:      ldarx   4, 0, 3
        addi    4, 4, 1
        stdcx.  4, 0, 3
        bne     5b
        b       .Lrecord_return

.Lrecord_copies:                                /* r7: the size of the descriptions */
        addi    8, 11, RECORDER_COPY            /* r8: the description */
        add     7, 8, 7
        std     7, SPILLED(3)(1)                /* the end of all of them */
6:      ld      3, COPY_POINTER(8)
        ldx     3, 5, 3                         /* r3: where the bytes are */
        ld      4, COPY_LIMIT(8)                /* r4: how many there are at most */
        ld      7, COPY_LENGTH(8)
        cmpdi   7, 0
        beq     7f
        ldx     7, 5, 7
        ld      9, COPY_LENGTH_MASK(8)
        and     7, 7, 9
        cmpld   7, 4
        bge     7f
        mr      4, 7
7:      cmpdi   3, 0
        bne     8f
        li      4, 0
8:      ld      9, COPY_TARGET(8)
        add     9, 5, 9                         /* r9: where their number goes */
        addi    10, 9, WORD
        li      7, 0                            /* r7: how many are copied */
9:      cmpd    7, 4
        beq     11f
        lbzx    0, 3, 7
        stbx    0, 10, 7
        cmpdi   0, 0
        bne     10f
        ld      0, COPY_TO_NUL(8)
        cmpdi   0, 0
        bne     11f
10:     addi    7, 7, 1
        b       9b
11:     std     7, 0(9)
        addi    8, 8, COPY_SIZE
        ld      7, SPILLED(3)(1)
        cmpld   8, 7
        blt     6b
        b       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel may change r0 and r3 to r12 */
        std     11, -8(1)
        li      0, 0
        stw     0, QUEUE_WAITING(12)
        addi    3, 12, QUEUE_WAITING
        li      4, FUTEX_WAKE_PRIVATE
        li      5, 1
        li      0, SYS_FUTEX
        sc
        ld      11, -8(1)
        b       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, 8, RECORD_RESULT_INTEGERS, RECORD_RESULT_VECTORS, RECORD_STACK
        layout  record_quads, RECORD_QUADS
        layout  record_result_quads, RECORDER_RESULTS + RECORD_RESULT_QUADS

        recording_layout
/* The end of the process: see text-image.h. A system call changes volatile registers. */
#define SYS_MPROTECT    125
#define SYS_SCHED_YIELD 158

        index_entry exit_bound
        ld      11, CALL_ARGUMENT(11)
        addis   12, 12, (salto_entry_generic - salto_entry_exit_bound)@ha
        addi    12, 12, (salto_entry_generic - salto_entry_exit_bound)@l
        b       salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* r3: the id; r4: the frame */
        addis   12, 12, (salto_index_header + INDEX_HEADER_CALL - salto_entry_exit_gate)@ha
        addi    12, 12, (salto_index_header + INDEX_HEADER_CALL - salto_entry_exit_gate)@l
        ld      12, EXIT_STATE - INDEX_HEADER_CALL(12)
        clrldi  3, 3, 32
        srdi    5, 3, EXIT_SLOT_BITS
        sldi    5, 5, 3
        add     12, 12, 5
        ld      12, EXIT_DIRECTORY(12)
        andi.   0, 12, 1
        beq     1f
        srdi    5, 3, EXIT_ROW_BITS
        clrldi  5, 5, 64 - EXIT_SLOT_BITS + EXIT_ROW_BITS
        sldi    5, 5, 3
        addi    12, 12, -1
        ldx     12, 12, 5
1:      li      3, 0
        cmpdi   12, 0
        beq     6f
        addi    5, 12, EXIT_ANSWER_WORDS
        ld      6, EXIT_ANSWER_COUNT(12)
2:      addi    6, 6, -1
        cmpdi   6, 0
        blt     3f
        ld      7, 0(5)
        ld      8, WORD(5)
        stdx    8, 4, 7
        addi    5, 5, 2 * WORD
        b       2b
3:      ld      6, EXIT_ANSWER_MEMORY(12)
        cmpdi   6, 0
        beq     5f
        ld      7, EXIT_ANSWER_POINTER(12)
        ldx     7, 4, 7
        ld      8, EXIT_ANSWER_RESULT(12)
        stdx    7, 4, 8
        mtctr   6
4:      lbz     8, 0(5)
        stb     8, 0(7)
        addi    5, 5, 1
        addi    7, 7, 1
        bdnz    4b
5:      ld      3, EXIT_ANSWER_TO_ENTRY(12)
6:      blr
        end_index_entry exit_gate

        .macro  protect rights          /* r31: the change */
        ld      3, EXIT_CHANGE_PAGES(31)
        ld      4, EXIT_CHANGE_PAGES_SIZE(31)
        li      5, \rights
        li      0, SYS_MPROTECT
        sc
        .endm

        index_entry at_exit             /* r3: the list */
        .irp    n, 29, 30, 31           /* in the protected zone below the stack pointer */
        std     \n, (\n - 32) * WORD(1)
        .cfi_offset \n, (\n - 32) * WORD
        .endr
        mr      31, 3
        ld      30, EXIT_LIST_STATE(31)
        li      4, 1
        std     4, EXIT_ENDING(30)
        sync
        li      29, EXIT_PATIENCE
1:      ld      4, EXIT_WRITERS(30)
        cmpdi   4, 0
        beq     2f
        li      0, SYS_SCHED_YIELD
        sc
        addi    29, 29, -1
        cmpdi   29, 0
        bne     1b
2:      sync
        ld      30, EXIT_LIST_COUNT(31)
        addi    31, 31, EXIT_LIST_CHANGES
3:      addi    30, 30, -1
        cmpdi   30, 0
        blt     6f
        protect PROT_READ + PROT_WRITE
        cmpdi   3, 0                    /* or the number of the error */
        bne     5f
        ld      3, EXIT_CHANGE_FIRST(31)
        ld      4, EXIT_CHANGE_STEP(31)
        ld      5, EXIT_CHANGE_COUNT(31)
        ld      6, EXIT_CHANGE_VALUE(31)
        mtctr   5
4:      std     6, 0(3)
        add     3, 3, 4
        bdnz    4b
        protect PROT_READ
5:      addi    31, 31, EXIT_CHANGE_SIZE
        b       3b
6:      .irp    n, 29, 30, 31
        ld      \n, (\n - 32) * WORD(1)
        .cfi_restore \n
        .endr
        blr
        end_index_entry at_exit

        exit_layout

        code_table
