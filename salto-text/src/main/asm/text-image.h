/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text images of all architectures share: how an image is laid out, and the macros that tell the build
 * about it. Each number stands here, or in the .S file of its architecture, and nowhere else: the build reads the
 * layout_ symbols out of the finished image and writes them into the index from which Java takes them.
 *
 *   offset 0            ELF header, notes, unwind table, entries     the head
 *   HEAD_SIZE           trampoline 0, trampoline 1, ...              the rest of the code table
 *   CODE_SIZE           parameter block 0, parameter block 1, ...    not in the file: read+write memory
 *
 * The whole image is one unit of CODE_SIZE bytes, which is mapped as it stands, as often as tables are needed. 64 KiB is
 * a multiple of every page size in use (4, 16 and 64 KiB). The head shares the first unit with the trampolines
 * because a unit of its own would double the file for the sake of a few hundred bytes.
 *
 * An architecture's .S file defines WORD (bytes), TRAMPOLINE_SIZE (bytes) and the assembler macro `trampoline`, whose
 * argument is the address of the trampoline's parameter block, and includes this file.
 */

#define CODE_SIZE       0x10000
#define HEAD_SIZE       0x1000
#define TRAMPOLINES     ((CODE_SIZE - HEAD_SIZE) / TRAMPOLINE_SIZE)

/* The parameter block, four words: where the trampoline jumps, and what the code there finds. */
#define BLOCK_ENTRY     (0 * WORD)      /* address of the entry: the only word that a trampoline itself reads */
#define BLOCK_TARGET    (1 * WORD)      /* address that the entry goes on to: a gate, or a native function */
#define BLOCK_ARGUMENT  (2 * WORD)      /* the hidden argument, or the user's data */
#define BLOCK_EXTRA     (3 * WORD)      /* what else an entry needs to know; unused by the entries so far */
#define BLOCK_SIZE      (4 * WORD)

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
        .type   salto_entry_\name, @function
        .balign 16
salto_entry_\name:
        .cfi_startproc
        .endm

        .macro  end_entry name
        .cfi_endproc
        .size   salto_entry_\name, . - salto_entry_\name
        .endm

/* The code table. A parameter block lies at a fixed distance behind its trampoline's table, past the end of the image. */
        .macro  code_table
        .section .text.trampolines, "ax", @progbits
        .globl  salto_trampolines
        .hidden salto_trampolines
        .type   salto_trampolines, @function
salto_trampolines:
        .cfi_startproc
        .set    .Lindex, 0
        .rept   TRAMPOLINES
        trampoline .Lparameters + .Lindex * BLOCK_SIZE
        .set    .Lindex, .Lindex + 1
        .endr
        .cfi_endproc
.Lparameters:
        .size   salto_trampolines, . - salto_trampolines

        layout  code_size, CODE_SIZE
        layout  trampoline_offset, HEAD_SIZE
        layout  trampoline_size, TRAMPOLINE_SIZE
        layout  trampoline_count, TRAMPOLINES
        layout  block_size, BLOCK_SIZE
        layout  block_entry, BLOCK_ENTRY
        layout  block_target, BLOCK_TARGET
        layout  block_argument, BLOCK_ARGUMENT
        layout  block_extra, BLOCK_EXTRA
        .section .note.GNU-stack, "", @progbits
        .endm

#endif
