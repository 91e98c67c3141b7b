/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text images of all architectures share: how an image is laid out, and the macros that tell the build
 * about it. Each number stands here, or in the .S file of its architecture, and nowhere else: the build reads the
 * layout_ symbols out of the finished image and writes them into the index from which Java takes them.
 *
 *   offset 0            ELF header, notes, unwind table, entries     the head
 *   HEAD_SIZE           HEADER_LINES lines, unused
 *                       trampoline 0, trampoline 1, ...              up to CODE_SIZE
 *   CODE_SIZE           table header, HEADER_BLOCKS blocks long      not in the file: read+write memory
 *                       parameter block 0, parameter block 1, ...
 *
 * The whole image is one unit of CODE_SIZE bytes, which is mapped as it stands, as often as tables are needed. 64 KiB is
 * a multiple of every page size in use (4, 16 and 64 KiB). The head shares the unit with the trampolines because a unit
 * of its own would double the file for the sake of a few hundred bytes; and so each table has entries of its own, which
 * reach the header of their table at a fixed distance.
 *
 * Trampolines lie in lines: TRAMPOLINES_IN_LINE of them, TRAMPOLINE_SIZE bytes from one to the next, in LINE_SIZE bytes. Where a trampoline should not
 * lie in two cache lines, a line is one of those; elsewhere it is a trampoline.
 *
 * An architecture's .S file defines WORD (bytes), TRAMPOLINE_SIZE (bytes), both numbers of lines if a line has more than one trampoline, and the
 * assembler macro `trampoline`, whose argument is the address of the trampoline's parameter block, and includes this file.
 */

#define CODE_SIZE       0x10000
#define HEAD_SIZE       0x1000

/*
 * The parameter block: what is different from one trampoline to the next. A trampoline reads both words. An architecture whose
 * instructions want them the other way round defines both places itself.
 */
#ifndef BLOCK_ENTRY
#define BLOCK_ENTRY     (0 * WORD)      /* where it jumps: an entry of its table, or the user's target */
#define BLOCK_ARGUMENT  (1 * WORD)      /* what it loads into the scratch register: the hidden argument, or the user's data */
#endif
#define BLOCK_SIZE      (2 * WORD)

/*
 * A call: what an entry needs to know to append an argument. One lies in the header of each table, for the append_ entries,
 * which find it at a fixed distance; there the hidden argument comes from the block, and CALL_ARGUMENT is not used. For the
 * bind_ entries the block's argument is the address of one.
 */
#define CALL_TARGET     (0 * WORD)      /* where the entry goes on to: a gate, or a native function */
#define CALL_ARGUMENT   (1 * WORD)      /* what it appends */
#define CALL_STACK_SIZE (2 * WORD)      /* the size of the caller's stack arguments in bytes, for the stack entries */
#define CALL_SIZE       (3 * WORD)

/* The table header: what is the same for all trampolines of a table. HEADER_BLOCKS blocks have room for it. */
#define HEADER_CALL     0
#define HEADER_CATCHER  (HEADER_CALL + CALL_SIZE)       /* the function that the caught entries call */
#define HEADER_UNIVERSAL (HEADER_CATCHER + WORD)        /* the function that the generic entries call */
#define HEADER_BLOCKS   4
#define HEADER_SIZE     (HEADER_BLOCKS * BLOCK_SIZE)

#ifndef LINE_SIZE
#define LINE_SIZE       TRAMPOLINE_SIZE
#define TRAMPOLINES_IN_LINE 1
#endif
#define HEADER_LINES    ((HEADER_BLOCKS + TRAMPOLINES_IN_LINE - 1) / TRAMPOLINES_IN_LINE)

/* How many: so many lines as have room, but no more than a parameter table of whole pages has blocks for. */
#define PAGE            0x1000
#define WHOLE_PAGES     ((HEADER_SIZE + (CODE_SIZE - HEAD_SIZE) / LINE_SIZE * TRAMPOLINES_IN_LINE * BLOCK_SIZE) / PAGE * PAGE)
#define TRAMPOLINES     ((WHOLE_PAGES - HEADER_SIZE) / BLOCK_SIZE / TRAMPOLINES_IN_LINE * TRAMPOLINES_IN_LINE)

#ifdef __ASSEMBLER__

/* A number for the index. Hidden: it is meant for the build, not for a dynamic linker. */
        .macro  layout name, value
        .globl  salto_layout_\name
        .hidden salto_layout_\name
        .set    salto_layout_\name, \value
        .endm

/* An entry: global for the index and for profilers' symbols, with unwind information. Ends with `end_entry`. */
        .macro  entry name
        .globl  salto_entry_\name
        .hidden salto_entry_\name
        .type   salto_entry_\name, %function
        .balign 16
salto_entry_\name:
        .cfi_startproc
        .endm

        .macro  end_entry name
        .cfi_endproc
        .size   salto_entry_\name, . - salto_entry_\name
        .endm

/*
 * Where a generic entry keeps what, as distances in bytes from the address of its frame: the registers for integer and for vector arguments, in the
 * calling convention's order; how far one vector register is from the next, or 0 if their numbers count their own sizes; what it
 * returns in such registers, which it has set to zero before the call; the caller's return address; and the stack arguments.
 */
        .macro  frame entry, integers, vectors, vector_size, result_integers, result_vectors, return_address, stack
        layout  \entry\()_integers, \integers
        layout  \entry\()_vectors, \vectors
        layout  \entry\()_vector_size, \vector_size
        layout  \entry\()_result_integers, \result_integers
        layout  \entry\()_result_vectors, \result_vectors
        layout  \entry\()_return_address, \return_address
        layout  \entry\()_stack, \stack
        .endm

/* The code table. Behind its end, past the end of the image, salto_parameters is where the table header begins. */
        .macro  code_table
        .section .text.trampolines, "ax", %progbits
        .skip   HEADER_LINES * LINE_SIZE
        .globl  salto_trampolines
        .hidden salto_trampolines
        .type   salto_trampolines, %function
salto_trampolines:
        .cfi_startproc
        .set    .Lindex, 0
        .rept   TRAMPOLINES
        trampoline salto_parameters + HEADER_SIZE + .Lindex * BLOCK_SIZE
        .set    .Lindex, .Lindex + 1
#if TRAMPOLINES_IN_LINE > 1                     /* not even nothing is skipped elsewhere: Arm's and RISC-V's symbols tell such data from code */
        .if     .Lindex % TRAMPOLINES_IN_LINE == 0
        .skip   LINE_SIZE - TRAMPOLINES_IN_LINE * TRAMPOLINE_SIZE
        .endif
#endif
        .endr
        .cfi_endproc
        .size   salto_trampolines, . - salto_trampolines
        .balign HEAD_SIZE
        .globl  salto_parameters
        .hidden salto_parameters
salto_parameters:

        layout  code_size, CODE_SIZE
        layout  trampoline_offset, HEAD_SIZE + HEADER_LINES * LINE_SIZE
        layout  trampoline_size, TRAMPOLINE_SIZE
        layout  trampoline_count, TRAMPOLINES
        layout  trampolines_in_line, TRAMPOLINES_IN_LINE
        layout  line_size, LINE_SIZE
        layout  header_call, HEADER_CALL
        layout  header_catcher, HEADER_CATCHER
        layout  header_universal, HEADER_UNIVERSAL
        layout  call_target, CALL_TARGET
        layout  call_argument, CALL_ARGUMENT
        layout  call_stack_size, CALL_STACK_SIZE
        layout  call_size, CALL_SIZE
        layout  block_offset, HEADER_SIZE
        layout  block_size, BLOCK_SIZE
        layout  block_entry, BLOCK_ENTRY
        layout  block_argument, BLOCK_ARGUMENT
        .section .note.GNU-stack, "", %progbits
        .endm

#endif
