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
#define FRAME_SIZE              (FRAME_RESULT_VECTORS + 2 * 8)

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
        mv      a0, t2
        mv      a1, sp
        ld      t1, salto_index_header + INDEX_HEADER_UNIVERSAL
        jalr    t1
        .irp    n, 0, 1
        ld      a\n, FRAME_RESULT_INTEGERS + \n * 8(sp)
        fld     fa\n, FRAME_RESULT_VECTORS + \n * 8(sp)
        .endr
        addi    sp, sp, FRAME_SIZE
        .cfi_def_cfa sp, 16
        leave_frame
        ret
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 8, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16

        code_table
