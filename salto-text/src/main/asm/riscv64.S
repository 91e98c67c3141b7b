/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for 64-bit RISC-V, RISC-V ELF psABI 1.0, LP64D.
 * clang: --target=riscv64-unknown-linux-gnu -march=rv64gc -mabi=lp64d
 * lld: -z max-page-size=0x1000
 * scratch register: t2
 *
 *   register     what it is here
 *   t2 (x7)      scratch register: the block's argument, for the code that a trampoline jumps to. A temporary register, never
 *                an argument; the static chain register of GCC and LLVM
 *   t1 (x6)      where to jump. Not t0 or ra: processors take a jump through those for a return
 *   a0 to a7     the integer arguments, in this order; a0 also carries the address of a result in memory
 *   fa0 to fa7   the floating-point arguments: not touched
 *   ra           the return address
 *   t3 to t6     free for entries: caller-saved, never an argument
 *
 * The stack pointer is a multiple of 16. The mapping with the instructions never changes, so
 * instruction caches need no care. There are no landing pads (Zicfilp): one more instruction would
 * make a trampoline 8 bytes longer.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16

/* The number of indexes that fit an instruction's immediate, which has a sign. */
#define INDEX_TRAMPOLINE_SIZE 8
#define INDEX_MOST      4096
#define INDEX_BIAS      2048

#include "text-image.h"

/* The way to a block is the same from every trampoline, and a multiple of auipc's unit. */
#if TRAMPOLINE_SIZE != BLOCK_SIZE || (CODE_SIZE - HEAD_SIZE) % 0x1000 != 0
#error "a trampoline reaches its block with auipc alone"
#endif

        .option norvc                           /* every instruction has four bytes */
        .option norelax                         /* the linker leaves them as they are */

        .macro  trampoline block
        auipc   t1, %pcrel_hi(\block)           /* the low part is zero */
        ld      t2, BLOCK_ARGUMENT(t1)
        ld      t1, BLOCK_ENTRY(t1)
        jr      t1
        .endm

        .macro  index_trampoline index
        li      t2, \index - INDEX_BIAS
        j       .Lindex_jump_on
        .endm

        .section .text.index.entries, "ax", %progbits

        .type   index_jump_on, %function
index_jump_on:
.Lindex_jump_on:
        .cfi_startproc
        ld      t1, salto_index_header + INDEX_HEADER_ENTRY
        jr      t1
        .cfi_endproc
        .size   index_jump_on, . - index_jump_on

        .section .text.entries, "ax", %progbits

/*
 * append_gp<k>: the hidden argument becomes integer argument number k, behind the caller's own k
 * integer arguments.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record.
 */
        .macro  append_gp k
        entry   bind_gp\k
        ld      t1, CALL_TARGET(t2)
        ld      a\k, CALL_ARGUMENT(t2)
        jr      t1
        end_entry bind_gp\k
        index_entry append_gp\k
        ld      a\k, salto_index_header + INDEX_HEADER_BASE
        ld      t1, salto_index_header + INDEX_HEADER_GATE
        add     a\k, a\k, t2
        jr      t1
        end_index_entry append_gp\k
        .endm

        .irp    k, 0, 1, 2, 3, 4, 5, 6, 7
        append_gp \k
        .endr

/*
 * append_stack, bind_stack: no integer register is left, so the appended argument goes on the
 * stack, behind the caller's own stack arguments. They must be contiguous, so the entry copies the
 * caller's into a new frame.
 */
        .macro  enter_frame
        addi    sp, sp, -16
        .cfi_def_cfa_offset 16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        .cfi_offset ra, -8
        .cfi_offset s0, -16
        addi    s0, sp, 16
        .endm

        .macro  leave_frame
        ld      s0, 0(sp)
        ld      ra, 8(sp)
        .cfi_restore s0
        .cfi_restore ra
        addi    sp, sp, 16
        .cfi_def_cfa_offset 0
        .endm

        .macro  call_with_copied_stack  /* t3: the call; t2: the argument to append */
        enter_frame
        .cfi_def_cfa s0, 0                      /* the frame pointer is the stack pointer of the caller */
        ld      t4, CALL_STACK_SIZE(t3)
        addi    t5, t4, WORD + 15
        andi    t5, t5, -16
        sub     sp, sp, t5
        add     t5, sp, t4                      /* behind the last word to copy; t6: the same in the caller's frame */
        add     t6, s0, t4
        sd      t2, 0(t5)
1:      beq     t5, sp, 2f
        addi    t5, t5, -WORD
        addi    t6, t6, -WORD
        ld      t4, 0(t6)
        sd      t4, 0(t5)
        j       1b
2:      ld      t1, CALL_TARGET(t3)
        jalr    t1
        addi    sp, s0, -16
        .cfi_def_cfa sp, 16
        leave_frame
        ret
        .endm

        entry   bind_stack
        mv      t3, t2
        ld      t2, CALL_ARGUMENT(t3)
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        lla     t3, salto_index_header + INDEX_HEADER_CALL
        ld      t4, CALL_ARGUMENT(t3)
        add     t2, t2, t4
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result. A `float` in a register has ones above it ("NaN-boxing"); otherwise instructions treat it
 * as a NaN. So there is an entry for each combination of floats and doubles in fa0 and fa1.
 */
        .macro  dead_entry suffix, fa0, fa1
        entry   dead\suffix
        mv      a0, zero
        mv      a1, zero
        fmv.\fa0\().x fa0, zero
        fmv.\fa1\().x fa1, zero
        ret
        end_entry dead\suffix
        .endm

        dead_entry "", d, d
        dead_entry _float, w, w
        dead_entry _float_double, w, d
        dead_entry _double_float, d, w

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers. The gate knows the signature, so it writes the ones above a `float` result.
 */
#define FRAME_INTEGERS          0                               /* a0 to a7 */
#define FRAME_VECTORS           (FRAME_INTEGERS + 8 * 8)        /* fa0 to fa7 */
#define FRAME_RESULT_INTEGERS   (FRAME_VECTORS + 8 * 8)         /* a0 a1 */
#define FRAME_RESULT_VECTORS    (FRAME_RESULT_INTEGERS + 2 * 8) /* fa0 fa1 */
#define FRAME_LEAVE_WORDS       (FRAME_RESULT_VECTORS + 2 * 8)  /* a0 to a7 */
#define FRAME_LEAVE_FUNCTION    (FRAME_LEAVE_WORDS + 8 * 8)
#define FRAME_LAST_ERROR        (FRAME_LEAVE_FUNCTION + 8)
#define FRAME_SIZE              (FRAME_LAST_ERROR + 8)

        index_entry generic
        ld      t1, salto_index_header + INDEX_HEADER_BASE
        add     t2, t2, t1
        enter_frame
        .cfi_def_cfa s0, 0                      /* the frame pointer is the stack pointer of the caller */
        addi    sp, sp, -FRAME_SIZE
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        sd      a\n, FRAME_INTEGERS + \n * 8(sp)
        fsd     fa\n, FRAME_VECTORS + \n * 8(sp)
        .endr
        .irp    n, 0, 1
        sd      zero, FRAME_RESULT_INTEGERS + \n * 8(sp)
        sd      zero, FRAME_RESULT_VECTORS + \n * 8(sp)
        .endr
        ld      t1, salto_index_header + INDEX_HEADER_LAST_ERROR
        add     t1, t1, tp
        lw      t1, 0(t1)
        sd      zero, FRAME_LEAVE_FUNCTION(sp)
        sw      t1, FRAME_LAST_ERROR(sp)
        mv      a0, t2
        mv      a1, sp
        ld      t1, salto_index_header + INDEX_HEADER_UNIVERSAL
        jalr    t1
        ld      t1, salto_index_header + INDEX_HEADER_LAST_ERROR
        add     t1, t1, tp
        lw      t2, FRAME_LAST_ERROR(sp)
        sw      t2, 0(t1)
        ld      t1, FRAME_LEAVE_FUNCTION(sp)
        bnez    t1, 1f
        .irp    n, 0, 1
        ld      a\n, FRAME_RESULT_INTEGERS + \n * 8(sp)
        fld     fa\n, FRAME_RESULT_VECTORS + \n * 8(sp)
        .endr
        addi    sp, sp, FRAME_SIZE
        .cfi_remember_state
        .cfi_def_cfa sp, 16
        leave_frame
        ret
        .cfi_restore_state
1:      .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        ld      a\n, FRAME_LEAVE_WORDS + \n * 8(sp)
        .endr
        addi    sp, sp, FRAME_SIZE
        .cfi_def_cfa sp, 16
        leave_frame
        jr      t1
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 8, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 8

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* a0: the function */
        enter_frame
        jalr    a0
        sub     a0, a0, tp
        leave_frame
        ret
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. t2 is the recorder.
 *
 * A fence orders the load of the turn before the stores into the record. Another one orders these
 * before the store of the turn (RISC-V Unprivileged ISA, 17.1, rule 4 of preserved program order).
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* a0 to a7 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 8 * 8)       /* fa0 to fa7 */
#define RECORD_STACK            (RECORD_VECTORS + 8 * 8)
#define RESULT_INTEGERS         0                               /* a0 a1 */
#define RESULT_VECTORS          (RESULT_INTEGERS + 2 * 8)       /* fa0 fa1 */
#define SYS_FUTEX               98

        entry   record
        ld      t1, RECORDER_QUEUE(t2)
        beqz    t1, .Lrecord_return
        srli    t3, tp, STRIPE_SHIFT_SMALL
        srli    t4, tp, STRIPE_SHIFT_LARGE
        add     t3, t3, t4
        ld      t4, QUEUE_STRIPE_MASK(t1)
        ld      t5, QUEUE_STRIPE_SIZE(t1)
        and     t3, t3, t4
        mul     t3, t3, t5
        ld      t4, QUEUE_STRIPES(t1)
        add     t3, t3, t4                      /* t3: the stripe */
.Lrecord_reserve:
        ld      t4, STRIPE_TAIL(t3)
        ld      t0, QUEUE_MASK(t1)
        and     t5, t4, t0
        sub     t6, t4, t5                      /* t6: the turn of a free record */
        ld      t0, QUEUE_STRIDE(t1)
        mul     t5, t5, t0
        add     t5, t5, t3
        addi    t5, t5, STRIPE_RECORDS          /* t5: the record of position t4 */
        ld      t0, RECORD_TURN(t5)
        sub     t0, t0, t6
        bnez    t0, .Lrecord_not_free
        fence   r, rw
1:      lr.d    t0, (t3)
        bne     t0, t4, .Lrecord_reserve
        addi    t0, t4, 1
        sc.d    t0, t0, (t3)
        bnez    t0, 1b
        addi    t6, t6, 1                       /* t6: the turn of a published record */

        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        sd      a\n, RECORD_INTEGERS + \n * 8(t5)
        .endr
        ld      t0, RECORDER_ID(t2)
        ld      t3, RECORDER_LOST(t2)
        sd      t0, RECORD_ID(t5)
        sd      tp, RECORD_THREAD(t5)
        sd      t3, RECORD_LOST(t5)
        ld      t0, RECORDER_NO_CLOCK(t2)
        bnez    t0, 11f
        rdtime  t0
        sd      t0, RECORD_CLOCK(t5)
11:
        ld      t0, RECORDER_VECTORS(t2)
        beqz    t0, 2f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        fsd     fa\n, RECORD_VECTORS + \n * 8(t5)
        .endr
2:      ld      t0, RECORDER_STACK(t2)
        add     t3, t5, t0                      /* t3: RECORD_STACK before the end of the words to store */
        add     t4, sp, t0
3:      beq     t4, sp, 4f
        addi    t4, t4, -WORD
        addi    t3, t3, -WORD
        ld      t0, 0(t4)
        sd      t0, RECORD_STACK(t3)
        j       3b
4:      ld      t0, RECORDER_COPIES(t2)
        bnez    t0, .Lrecord_copies
.Lrecord_publish:
        fence   rw, w
        sd      t6, RECORD_TURN(t5)
        lw      t0, QUEUE_WAITING(t1)
        bnez    t0, .Lrecord_wake
.Lrecord_return:
        .irp    n, 0, 1
        ld      a\n, RECORDER_RESULTS + RESULT_INTEGERS + \n * 8(t2)
        fld     fa\n, RECORDER_RESULTS + RESULT_VECTORS + \n * 8(t2)
        .endr
        ret

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        bgtz    t0, .Lrecord_reserve
        li      t0, 1
        addi    t3, t2, RECORDER_LOST
        amoadd.d zero, t0, (t3)
        j       .Lrecord_return

.Lrecord_copies:                                /* t0: the size of the descriptions */
        addi    t3, t2, RECORDER_COPY           /* t3: the description */
        add     t4, t3, t0
5:      ld      a0, COPY_POINTER(t3)
        add     a0, a0, t5
        ld      a0, 0(a0)                       /* a0: where the bytes are */
        ld      a1, COPY_TARGET(t3)
        add     a1, a1, t5
        ld      a2, COPY_LIMIT(t3)              /* a2: how many there are at most */
        ld      a3, COPY_LENGTH(t3)
        beqz    a3, 6f
        add     a3, a3, t5
        ld      a3, 0(a3)
        ld      a4, COPY_LENGTH_MASK(t3)
        and     a3, a3, a4
        bgeu    a3, a2, 6f
        mv      a2, a3
6:      bnez    a0, 7f
        li      a2, 0
7:      ld      a5, COPY_TO_NUL(t3)
        addi    a6, a1, WORD                    /* a6: where they go */
        add     a2, a2, a0                      /* a2: where they end */
        mv      a7, a0
8:      beq     a7, a2, 10f
        lbu     a4, 0(a7)
        sb      a4, 0(a6)
        bnez    a4, 9f
        bnez    a5, 10f
9:      addi    a7, a7, 1
        addi    a6, a6, 1
        j       8b
10:     sub     a7, a7, a0
        sd      a7, 0(a1)
        addi    t3, t3, COPY_SIZE
        bltu    t3, t4, 5b
        j       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel changes a0 alone */
        sw      zero, QUEUE_WAITING(t1)
        addi    a0, t1, QUEUE_WAITING
        li      a1, FUTEX_WAKE_PRIVATE
        li      a2, 1
        li      a7, SYS_FUTEX
        ecall
        j       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, 8, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes a0 alone. */
#define SYS_MPROTECT    226
#define SYS_SCHED_YIELD 124

        index_entry exit_bound
        ld      t2, CALL_ARGUMENT(t2)
        j       salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* a0: the id; a1: the frame */
        ld      t0, salto_index_header + EXIT_STATE
        srliw   t1, a0, EXIT_SLOT_BITS
        slli    t1, t1, 3
        add     t0, t0, t1
        ld      t0, EXIT_DIRECTORY(t0)
        andi    t1, t0, 1
        beqz    t1, 1f
        slli    t1, a0, 64 - EXIT_SLOT_BITS
        srli    t1, t1, 64 - EXIT_SLOT_BITS + EXIT_ROW_BITS
        slli    t1, t1, 3
        add     t0, t0, t1
        ld      t0, -1(t0)
1:      li      a0, 0
        beqz    t0, 6f
        addi    t1, t0, EXIT_ANSWER_WORDS
        ld      t2, EXIT_ANSWER_COUNT(t0)
2:      addi    t2, t2, -1
        bltz    t2, 3f
        ld      t3, 0(t1)
        ld      t4, WORD(t1)
        add     t3, t3, a1
        sd      t4, 0(t3)
        addi    t1, t1, 2 * WORD
        j       2b
3:      ld      t2, EXIT_ANSWER_MEMORY(t0)
        beqz    t2, 5f
        ld      t3, EXIT_ANSWER_POINTER(t0)
        add     t3, t3, a1
        ld      t3, 0(t3)
        ld      t4, EXIT_ANSWER_RESULT(t0)
        add     t4, t4, a1
        sd      t3, 0(t4)
4:      lb      t4, 0(t1)
        sb      t4, 0(t3)
        addi    t1, t1, 1
        addi    t3, t3, 1
        addi    t2, t2, -1
        bnez    t2, 4b
5:      ld      a0, EXIT_ANSWER_TO_ENTRY(t0)
6:      ret
        end_index_entry exit_gate

        .macro  protect rights          /* t0: the change */
        ld      a0, EXIT_CHANGE_PAGES(t0)
        ld      a1, EXIT_CHANGE_PAGES_SIZE(t0)
        li      a2, \rights
        li      a7, SYS_MPROTECT
        ecall
        .endm

        index_entry at_exit             /* a0: the list */
        mv      t0, a0
        ld      t1, EXIT_LIST_STATE(t0)
        li      t2, 1
        sd      t2, EXIT_ENDING(t1)
        fence   rw, rw
        li      t2, EXIT_PATIENCE
1:      ld      t3, EXIT_WRITERS(t1)
        beqz    t3, 2f
        li      a7, SYS_SCHED_YIELD
        ecall
        addi    t2, t2, -1
        bnez    t2, 1b
2:      fence   rw, rw
        ld      t1, EXIT_LIST_COUNT(t0)
        addi    t0, t0, EXIT_LIST_CHANGES
3:      addi    t1, t1, -1
        bltz    t1, 6f
        protect PROT_READ + PROT_WRITE
        bnez    a0, 5f
        ld      t2, EXIT_CHANGE_FIRST(t0)
        ld      t3, EXIT_CHANGE_STEP(t0)
        ld      t4, EXIT_CHANGE_COUNT(t0)
        ld      t5, EXIT_CHANGE_VALUE(t0)
4:      sd      t5, 0(t2)
        add     t2, t2, t3
        addi    t4, t4, -1
        bnez    t4, 4b
        protect PROT_READ
5:      addi    t0, t0, EXIT_CHANGE_SIZE
        j       3b
6:      ret
        end_index_entry at_exit

        exit_layout

        code_table
