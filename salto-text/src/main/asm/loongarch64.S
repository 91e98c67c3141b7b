/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for 64-bit LoongArch, Procedure Call Standard for the LoongArch Architecture
 * 20231219, LP64D.
 * clang: --target=loongarch64-unknown-linux-gnu -mabi=lp64d -mno-relax
 * scratch register: t8
 *
 *   register     what it is here
 *   $t8 (r20)    scratch register: the block's argument, for the code that a trampoline jumps to. A temporary register, never
 *                an argument; the static chain register of GCC
 *   $t0 (r12)    where to jump
 *   $a0 to $a7   the integer arguments, in this order; $a0 also carries the address of a result in memory
 *   $fa0 to $fa7 the floating-point arguments: not touched
 *   $ra          the return address
 *   $t1 to $t7   free for entries: caller-saved, never an argument
 *
 * The stack pointer is a multiple of 16 ("The stack"). The mapping with the instructions never
 * changes, so instruction caches need no care. The architecture has no landing pads.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16

/* The number of indexes that fit an instruction's immediate. */
#define INDEX_TRAMPOLINE_SIZE 8
#define INDEX_MOST      4096

#include "text-image.h"

/* The way to a block is the same from every trampoline, and a multiple of pcaddu12i's unit. */
#if TRAMPOLINE_SIZE != BLOCK_SIZE || (CODE_SIZE - HEAD_SIZE) % 0x1000 != 0
#error "a trampoline reaches its block with pcaddu12i alone"
#endif

        .macro  trampoline block
        pcaddu12i $t0, (CODE_SIZE - HEAD_SIZE) / 0x1000
        ld.d    $t8, $t0, BLOCK_ARGUMENT
        ld.d    $t0, $t0, BLOCK_ENTRY
        jr      $t0
        .endm

        .macro  index_trampoline index
        ori     $t8, $zero, \index
        b       .Lindex_jump_on
        .endm

        .macro  load_from_header register, place
        pcalau12i \register, %pc_hi20(salto_index_header + \place)
        ld.d    \register, \register, %pc_lo12(salto_index_header + \place)
        .endm

        .section .text.index.entries, "ax", %progbits

        .type   index_jump_on, %function
index_jump_on:
.Lindex_jump_on:
        .cfi_startproc
        load_from_header $t0, INDEX_HEADER_ENTRY
        jr      $t0
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
        ld.d    $t0, $t8, CALL_TARGET
        ld.d    $a\k, $t8, CALL_ARGUMENT
        jr      $t0
        end_entry bind_gp\k
        index_entry append_gp\k
        load_from_header $a\k, INDEX_HEADER_BASE
        load_from_header $t0, INDEX_HEADER_GATE
        add.d   $a\k, $a\k, $t8
        jr      $t0
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
        addi.d  $sp, $sp, -16
        .cfi_def_cfa_offset 16
        st.d    $ra, $sp, 8
        st.d    $fp, $sp, 0
        .cfi_offset $ra, -8
        .cfi_offset $fp, -16
        addi.d  $fp, $sp, 16
        .endm

        .macro  leave_frame
        ld.d    $fp, $sp, 0
        ld.d    $ra, $sp, 8
        .cfi_restore $fp
        .cfi_restore $ra
        addi.d  $sp, $sp, 16
        .cfi_def_cfa_offset 0
        .endm

        .macro  call_with_copied_stack  /* $t1: the call; $t8: the argument to append */
        enter_frame
        .cfi_def_cfa $fp, 0                     /* the frame pointer is the stack pointer of the caller */
        ld.d    $t2, $t1, CALL_STACK_SIZE
        addi.d  $t3, $t2, WORD + 15
        bstrins.d $t3, $zero, 3, 0              /* a multiple of 16 */
        sub.d   $sp, $sp, $t3
        add.d   $t3, $sp, $t2                   /* behind the last word to copy; $t4: the same in the caller's frame */
        add.d   $t4, $fp, $t2
        st.d    $t8, $t3, 0
1:      beq     $t3, $sp, 2f
        addi.d  $t3, $t3, -WORD
        addi.d  $t4, $t4, -WORD
        ld.d    $t2, $t4, 0
        st.d    $t2, $t3, 0
        b       1b
2:      ld.d    $t0, $t1, CALL_TARGET
        jirl    $ra, $t0, 0
        addi.d  $sp, $fp, -16
        .cfi_def_cfa $sp, 16
        leave_frame
        ret
        .endm

        entry   bind_stack
        move    $t1, $t8
        ld.d    $t8, $t1, CALL_ARGUMENT
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        pcalau12i $t1, %pc_hi20(salto_index_header + INDEX_HEADER_CALL)
        addi.d  $t1, $t1, %pc_lo12(salto_index_header + INDEX_HEADER_CALL)
        ld.d    $t2, $t1, CALL_ARGUMENT
        add.d   $t8, $t8, $t2
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result. A `float` is the low half of its register, whatever the other half is ("Scalars of
 * fundamental types").
 */
        entry   dead
        move    $a0, $zero
        move    $a1, $zero
        movgr2fr.d $fa0, $zero
        movgr2fr.d $fa1, $zero
        ret
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers.
 */
#define FRAME_INTEGERS          0                               /* $a0 to $a7 */
#define FRAME_VECTORS           (FRAME_INTEGERS + 8 * 8)        /* $fa0 to $fa7 */
#define FRAME_RESULT_INTEGERS   (FRAME_VECTORS + 8 * 8)         /* $a0 $a1 */
#define FRAME_RESULT_VECTORS    (FRAME_RESULT_INTEGERS + 2 * 8) /* $fa0 $fa1 */
#define FRAME_LEAVE_WORDS       (FRAME_RESULT_VECTORS + 2 * 8)  /* $a0 to $a7 */
#define FRAME_LEAVE_FUNCTION    (FRAME_LEAVE_WORDS + 8 * 8)
#define FRAME_LAST_ERROR        (FRAME_LEAVE_FUNCTION + 8)
#define FRAME_SIZE              (FRAME_LAST_ERROR + 8)

        index_entry generic
        load_from_header $t0, INDEX_HEADER_BASE
        add.d   $t8, $t8, $t0
        enter_frame
        .cfi_def_cfa $fp, 0                     /* the frame pointer is the stack pointer of the caller */
        addi.d  $sp, $sp, -FRAME_SIZE
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        st.d    $a\n, $sp, FRAME_INTEGERS + \n * 8
        fst.d   $fa\n, $sp, FRAME_VECTORS + \n * 8
        .endr
        .irp    n, 0, 1
        st.d    $zero, $sp, FRAME_RESULT_INTEGERS + \n * 8
        st.d    $zero, $sp, FRAME_RESULT_VECTORS + \n * 8
        .endr
        load_from_header $t0, INDEX_HEADER_LAST_ERROR
        add.d   $t0, $t0, $tp
        ld.w    $t0, $t0, 0
        st.d    $zero, $sp, FRAME_LEAVE_FUNCTION
        st.w    $t0, $sp, FRAME_LAST_ERROR
        move    $a0, $t8
        move    $a1, $sp
        load_from_header $t0, INDEX_HEADER_UNIVERSAL
        jirl    $ra, $t0, 0
        load_from_header $t0, INDEX_HEADER_LAST_ERROR
        add.d   $t0, $t0, $tp
        ld.w    $t1, $sp, FRAME_LAST_ERROR
        st.w    $t1, $t0, 0
        ld.d    $t0, $sp, FRAME_LEAVE_FUNCTION
        bnez    $t0, 1f
        .irp    n, 0, 1
        ld.d    $a\n, $sp, FRAME_RESULT_INTEGERS + \n * 8
        fld.d   $fa\n, $sp, FRAME_RESULT_VECTORS + \n * 8
        .endr
        addi.d  $sp, $sp, FRAME_SIZE
        .cfi_remember_state
        .cfi_def_cfa $sp, 16
        leave_frame
        ret
        .cfi_restore_state
1:      .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        ld.d    $a\n, $sp, FRAME_LEAVE_WORDS + \n * 8
        .endr
        addi.d  $sp, $sp, FRAME_SIZE
        .cfi_def_cfa $sp, 16
        leave_frame
        jr      $t0
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 8, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 8

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* $a0: the function */
        enter_frame
        jirl    $ra, $a0, 0
        sub.d   $a0, $a0, $tp
        leave_frame
        ret
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. $t8 is the recorder.
 *
 * The barriers are those of Linux for load-acquire and store-release. A processor that does not
 * know their hints executes full barriers (LoongArch Reference Manual, volume 1, 2.2.8.1).
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* $a0 to $a7 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 8 * 8)       /* $fa0 to $fa7 */
#define RECORD_STACK            (RECORD_VECTORS + 8 * 8)
#define RESULT_INTEGERS         0                               /* $a0 $a1 */
#define RESULT_VECTORS          (RESULT_INTEGERS + 2 * 8)       /* $fa0 $fa1 */
#define SYS_FUTEX               98
#define LOAD_ACQUIRE            0x14
#define STORE_RELEASE           0x12

        entry   record
        ld.d    $t1, $t8, RECORDER_QUEUE
        beqz    $t1, .Lrecord_return
        srli.d  $t3, $tp, STRIPE_SHIFT_SMALL
        srli.d  $t4, $tp, STRIPE_SHIFT_LARGE
        add.d   $t3, $t3, $t4
        ld.d    $t4, $t1, QUEUE_STRIPE_MASK
        ld.d    $t5, $t1, QUEUE_STRIPE_SIZE
        and     $t3, $t3, $t4
        mul.d   $t3, $t3, $t5
        ld.d    $t4, $t1, QUEUE_STRIPES
        add.d   $t3, $t3, $t4                   /* $t3: the stripe */
        ld.d    $t2, $t1, QUEUE_MASK
        ld.d    $t7, $t1, QUEUE_STRIDE
.Lrecord_reserve:
        ld.d    $t4, $t3, STRIPE_TAIL
        and     $t5, $t4, $t2
        sub.d   $t6, $t4, $t5                   /* $t6: the turn of a free record */
        mul.d   $t5, $t5, $t7
        add.d   $t5, $t5, $t3
        addi.d  $t5, $t5, STRIPE_RECORDS        /* $t5: the record of position $t4 */
        ld.d    $t0, $t5, RECORD_TURN
        sub.d   $t0, $t0, $t6
        bnez    $t0, .Lrecord_not_free
        dbar    LOAD_ACQUIRE
1:      ll.d    $t0, $t3, STRIPE_TAIL
        bne     $t0, $t4, .Lrecord_reserve
        addi.d  $t0, $t4, 1
        sc.d    $t0, $t3, STRIPE_TAIL
        beqz    $t0, 1b
        addi.d  $t6, $t6, 1                     /* $t6: the turn of a published record */

        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        st.d    $a\n, $t5, RECORD_INTEGERS + \n * 8
        .endr
        ld.d    $t0, $t8, RECORDER_ID
        ld.d    $t3, $t8, RECORDER_LOST
        st.d    $t0, $t5, RECORD_ID
        st.d    $tp, $t5, RECORD_THREAD
        st.d    $t3, $t5, RECORD_LOST
        ld.d    $t0, $t8, RECORDER_NO_CLOCK
        bnez    $t0, 11f
        rdtime.d $t0, $zero
        st.d    $t0, $t5, RECORD_CLOCK
11:
        ld.d    $t0, $t8, RECORDER_VECTORS
        beqz    $t0, 2f
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        fst.d   $fa\n, $t5, RECORD_VECTORS + \n * 8
        .endr
2:      ld.d    $t0, $t8, RECORDER_STACK
        add.d   $t3, $t5, $t0                   /* $t3: RECORD_STACK before the end of the words to store */
        add.d   $t4, $sp, $t0
3:      beq     $t4, $sp, 4f
        addi.d  $t4, $t4, -WORD
        addi.d  $t3, $t3, -WORD
        ld.d    $t0, $t4, 0
        st.d    $t0, $t3, RECORD_STACK
        b       3b
4:      ld.d    $t0, $t8, RECORDER_COPIES
        bnez    $t0, .Lrecord_copies
.Lrecord_publish:
        dbar    STORE_RELEASE
        st.d    $t6, $t5, RECORD_TURN
        ld.w    $t0, $t1, QUEUE_WAITING
        bnez    $t0, .Lrecord_wake
.Lrecord_return:
        .irp    n, 0, 1
        ld.d    $a\n, $t8, RECORDER_RESULTS + RESULT_INTEGERS + \n * 8
        fld.d   $fa\n, $t8, RECORDER_RESULTS + RESULT_VECTORS + \n * 8
        .endr
        ret

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        bgtz    $t0, .Lrecord_reserve
        addi.d  $t3, $t8, RECORDER_LOST
        ori     $t0, $zero, 1
        amadd.d $zero, $t0, $t3
        b       .Lrecord_return

.Lrecord_copies:                                /* $t0: the size of the descriptions */
        addi.d  $t3, $t8, RECORDER_COPY         /* $t3: the description */
        add.d   $t4, $t3, $t0
5:      ld.d    $a0, $t3, COPY_POINTER
        ldx.d   $a0, $t5, $a0                   /* $a0: where the bytes are */
        ld.d    $a1, $t3, COPY_TARGET
        add.d   $a1, $a1, $t5
        ld.d    $a2, $t3, COPY_LIMIT            /* $a2: how many there are at most */
        ld.d    $a3, $t3, COPY_LENGTH
        beqz    $a3, 6f
        ldx.d   $a3, $t5, $a3
        ld.d    $a4, $t3, COPY_LENGTH_MASK
        and     $a3, $a3, $a4
        bgeu    $a3, $a2, 6f
        move    $a2, $a3
6:      bnez    $a0, 7f
        move    $a2, $zero
7:      ld.d    $a5, $t3, COPY_TO_NUL
        addi.d  $a6, $a1, WORD                  /* $a6: where they go */
        add.d   $a2, $a2, $a0                   /* $a2: where they end */
        move    $a7, $a0
8:      beq     $a7, $a2, 10f
        ld.bu   $a4, $a7, 0
        st.b    $a4, $a6, 0
        bnez    $a4, 9f
        bnez    $a5, 10f
9:      addi.d  $a7, $a7, 1
        addi.d  $a6, $a6, 1
        b       8b
10:     sub.d   $a7, $a7, $a0
        st.d    $a7, $a1, 0
        addi.d  $t3, $t3, COPY_SIZE
        bltu    $t3, $t4, 5b
        b       .Lrecord_publish

.Lrecord_wake:                                  /* the kernel may change all temporary registers */
        addi.d  $sp, $sp, -16
        .cfi_def_cfa_offset 16
        st.d    $t8, $sp, 0
        st.w    $zero, $t1, QUEUE_WAITING
        addi.d  $a0, $t1, QUEUE_WAITING
        ori     $a1, $zero, FUTEX_WAKE_PRIVATE
        ori     $a2, $zero, 1
        ori     $a7, $zero, SYS_FUTEX
        syscall 0
        ld.d    $t8, $sp, 0
        addi.d  $sp, $sp, 16
        .cfi_def_cfa_offset 0
        b       .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, RECORD_VECTORS, 8, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes $a0 and $t0 to $t8. */
#define SYS_MPROTECT    226
#define SYS_SCHED_YIELD 124

        index_entry exit_bound
        ld.d    $t8, $t8, CALL_ARGUMENT
        b       salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* $a0: the id; $a1: the frame */
        load_from_header $t0, EXIT_STATE
        bstrpick.d $t1, $a0, 31, EXIT_SLOT_BITS
        slli.d  $t1, $t1, 3
        add.d   $t0, $t0, $t1
        ld.d    $t0, $t0, EXIT_DIRECTORY
        andi    $t1, $t0, 1
        beqz    $t1, 1f
        bstrpick.d $t1, $a0, EXIT_SLOT_BITS - 1, EXIT_ROW_BITS
        slli.d  $t1, $t1, 3
        add.d   $t0, $t0, $t1
        ld.d    $t0, $t0, -1
1:      move    $a0, $zero
        beqz    $t0, 6f
        addi.d  $t1, $t0, EXIT_ANSWER_WORDS
        ld.d    $t2, $t0, EXIT_ANSWER_COUNT
2:      addi.d  $t2, $t2, -1
        bltz    $t2, 3f
        ld.d    $t3, $t1, 0
        ld.d    $t4, $t1, WORD
        stx.d   $t4, $a1, $t3
        addi.d  $t1, $t1, 2 * WORD
        b       2b
3:      ld.d    $t2, $t0, EXIT_ANSWER_MEMORY
        beqz    $t2, 5f
        ld.d    $t3, $t0, EXIT_ANSWER_POINTER
        ldx.d   $t3, $a1, $t3
        ld.d    $t4, $t0, EXIT_ANSWER_RESULT
        stx.d   $t3, $a1, $t4
4:      ld.b    $t4, $t1, 0
        st.b    $t4, $t3, 0
        addi.d  $t1, $t1, 1
        addi.d  $t3, $t3, 1
        addi.d  $t2, $t2, -1
        bnez    $t2, 4b
5:      ld.d    $a0, $t0, EXIT_ANSWER_TO_ENTRY
6:      ret
        end_index_entry exit_gate

        .macro  protect rights          /* $a3: the change */
        ld.d    $a0, $a3, EXIT_CHANGE_PAGES
        ld.d    $a1, $a3, EXIT_CHANGE_PAGES_SIZE
        ori     $a2, $zero, \rights
        ori     $a7, $zero, SYS_MPROTECT
        syscall 0
        .endm

        index_entry at_exit             /* $a0: the list */
        move    $a3, $a0
        ld.d    $a4, $a3, EXIT_LIST_STATE
        ori     $t0, $zero, 1
        st.d    $t0, $a4, EXIT_ENDING
        dbar    0
        lu12i.w $a5, EXIT_PATIENCE >> 12
        ori     $a5, $a5, EXIT_PATIENCE & 0xfff
1:      ld.d    $t0, $a4, EXIT_WRITERS
        beqz    $t0, 2f
        ori     $a7, $zero, SYS_SCHED_YIELD
        syscall 0
        addi.d  $a5, $a5, -1
        bnez    $a5, 1b
2:      dbar    0
        ld.d    $a4, $a3, EXIT_LIST_COUNT
        addi.d  $a3, $a3, EXIT_LIST_CHANGES
3:      addi.d  $a4, $a4, -1
        bltz    $a4, 6f
        protect PROT_READ + PROT_WRITE
        bnez    $a0, 5f
        ld.d    $t0, $a3, EXIT_CHANGE_FIRST
        ld.d    $t1, $a3, EXIT_CHANGE_STEP
        ld.d    $t2, $a3, EXIT_CHANGE_COUNT
        ld.d    $t3, $a3, EXIT_CHANGE_VALUE
4:      st.d    $t3, $t0, 0
        add.d   $t0, $t0, $t1
        addi.d  $t2, $t2, -1
        bnez    $t2, 4b
        protect PROT_READ
5:      addi.d  $a3, $a3, EXIT_CHANGE_SIZE
        b       3b
6:      ret
        end_index_entry at_exit

        exit_layout

        code_table
