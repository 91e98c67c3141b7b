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
#define FRAME_SIZE              (FRAME_RESULT_VECTORS + 2 * 8)

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
        move    $a0, $t8
        move    $a1, $sp
        load_from_header $t0, INDEX_HEADER_UNIVERSAL
        jirl    $ra, $t0, 0
        .irp    n, 0, 1
        ld.d    $a\n, $sp, FRAME_RESULT_INTEGERS + \n * 8
        fld.d   $fa\n, $sp, FRAME_RESULT_VECTORS + \n * 8
        .endr
        addi.d  $sp, $sp, FRAME_SIZE
        .cfi_def_cfa $sp, 16
        leave_frame
        ret
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 8, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16

        code_table
