/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The common part of all text images: their layout, and the macros that tell the build about it.
 * Each number is only here, or in the .S file of its architecture. The build reads the layout_
 * symbols of the finished image and writes them into the index, from which Java takes them.
 *
 *   offset 0            ELF header, notes, unwind table, entries     the head
 *   HEAD_SIZE           trampoline 0, trampoline 1, ...              up to CODE_SIZE
 *   CODE_SIZE           parameter block 0, parameter block 1, ...    not in the file: data
 *
 * This is the first unit of CODE_SIZE bytes, the code with blocks. It is mapped once for each
 * table. 64 KiB is a multiple of every page size in use (4, 16 and 64 KiB). A trampoline with a
 * block jumps to the address in its block. This is an entry of its own table (bind_ and dead), one
 * of a table by index (append_ and generic), or native code. So an entry uses nothing in the table
 * of the trampoline; it gets the block's argument.
 *
 * The second unit is the code by index. It follows in the file, and is mapped once for each table
 * of this sort:
 *
 *   0                   trampoline 0, trampoline 1, ...
 *   INDEX_ENTRIES       entries                                      up to INDEX_CODE_SIZE
 *   INDEX_CODE_SIZE     header: INDEX_HEADER_SIZE bytes              not in the file: a read-only page
 *
 * A trampoline by index loads its index into the scratch register and jumps to the header's entry.
 * The entries lie beside the header, so that one load with a short displacement reaches it. No
 * instruction of a unit refers to the other unit, because they are mapped independently. An
 * entry's place is its distance from the beginning of its own unit. The symbol salto_entry_<name>
 * has that of its unit added, which the build subtracts.
 *
 * Memory order: a header is filled and made read-only before the code in front of it is mapped. So
 * a thread that executes a trampoline reads all words as they were filled. That holds on every
 * architecture, whatever loads the processor reorders:
 * - Between the words and the mapping of the code there is a full fence. It is a locked instruction
 *   on x86, `dmb` on Arm and AArch64, `sync` on POWER, `fence` on RISC-V, `dbar` on LoongArch, and
 *   `bcr` on s390x. So the words are stored before the entries of the page table for the code.
 * - A processor executes no load before it has fetched the instruction, and fetches none without a
 *   valid translation. It reads the code after the entry of the page table. The kernel relies on
 *   the same to hide a page's former content. Later changes are stores of one word each, so that no
 *   entry needs a barrier:
 * - INDEX_HEADER_GATE, from one gate to another of the same signature. Either is right with every
 *   value of the other words.
 * - INDEX_HEADER_ENTRY, from a generic to an append_ entry. The words that only the latter reads
 *   are written first, and all threads execute a barrier in between (IndexTable.lead).
 *
 * errno: the generic entries read it before they call Java, and write it after that. It lies at the
 * same distance from the thread pointer in all threads. GNU's library has it in static thread-local
 * storage, and musl in the structure that describes the thread. The entry last_error_offset
 * calculates the distance.
 *
 * Leaving: Java can store the address of a function in the frame, and words for it. Then the
 * generic entry removes its frame, and jumps to the function with the words as arguments. Java has
 * been left by then, so the function need not return: its longjmp passes no Java frame.
 *
 * Stack alignment: entries on x86 align the stack where they call from a frame of their own.
 * Callers there may have aligned it to less than the ABI asks for, and callees use instructions
 * that fault then. On AArch64 the processor faults at the caller's own accesses before that
 * (SCTLR_EL1.SA0, which Linux sets). On the others every compiler keeps the alignment that the
 * entries' loads and stores need.
 *
 * Trampolines lie in lines: TRAMPOLINES_IN_LINE of them, TRAMPOLINE_SIZE bytes from one to the
 * next, in LINE_SIZE bytes. Where a trampoline should not lie in two cache lines, a line is one of
 * those; elsewhere it is a trampoline.
 *
 * On Windows an image is a PE file, and a table is a view of the whole file. So the data is a part
 * of the image. It lies behind all code, and has no bytes in the file:
 *
 *   0                             headers, read-only
 *   0x1000                        entries; then both units as above
 *   CODE_SIZE + INDEX_CODE_SIZE   header of the table by index
 *   PARAMETERS_OFFSET             parameter block 0, parameter block 1, ...
 *
 * A view has both sorts of tables, whose distances do not change. Its code is shared, and its data
 * is copied when it is written.
 *
 * An architecture's .S file defines WORD and TRAMPOLINE_SIZE, in bytes, and both numbers of lines
 * if a line has more than one trampoline. It defines the macro `trampoline`, whose argument is the
 * address of the parameter block. For the code by index it defines INDEX_TRAMPOLINE_SIZE, and the
 * macro `index_trampoline`, whose argument is the index. Then it includes this file.
 */

#define CODE_SIZE       0x10000
#ifdef __ELF__
#define HEAD_SIZE       0x1000
#define PARAMETERS_OFFSET CODE_SIZE
#else
#define HEAD_SIZE       0x2000          /* the file's headers are not executable, and have a page of their own */
#define PARAMETERS_OFFSET (CODE_SIZE + INDEX_CODE_SIZE + PAGE)
#endif

/*
 * The parameter block: the two words that differ from one trampoline to the next. A trampoline
 * reads both. If the instructions of an architecture need the other order, it defines both places
 * itself.
 */
#ifndef BLOCK_ENTRY
#define BLOCK_ENTRY     (0 * WORD)      /* the jump's target: an entry, or the user's target */
#define BLOCK_ARGUMENT  (1 * WORD)      /* the word for the scratch register */
#endif
#define BLOCK_SIZE      (2 * WORD)

/*
 * A call record: the words that an entry needs to append an argument. For the bind_ entries, the
 * block's argument is the address of one. Another one lies in the header of each table by index.
 * The append_ entries find it at a fixed distance.
 */
#define CALL_TARGET     (0 * WORD)      /* the entry's target: a gate, or a native function */
#define CALL_ARGUMENT   (1 * WORD)      /* the argument that it appends */
#define CALL_STACK_SIZE (2 * WORD)      /* the size of the caller's stack arguments in bytes, for the stack entries */
#define CALL_SIZE       (3 * WORD)

/*
 * The header of a table by index. The three words from INDEX_HEADER_CALL on are a call record. It
 * has the argument of trampoline 0. The argument of trampoline i is greater by i.
 */
#define INDEX_HEADER_ENTRY      0       /* where all trampolines jump */
#define INDEX_HEADER_CALL       WORD
#define INDEX_HEADER_GATE       (INDEX_HEADER_CALL + CALL_TARGET)
#define INDEX_HEADER_BASE       (INDEX_HEADER_CALL + CALL_ARGUMENT)
#define INDEX_HEADER_STACK_SIZE (INDEX_HEADER_CALL + CALL_STACK_SIZE)
#define INDEX_HEADER_UNIVERSAL  (INDEX_HEADER_CALL + CALL_SIZE)         /* the function that the generic entries call */
#define INDEX_HEADER_LAST_ERROR (INDEX_HEADER_UNIVERSAL + WORD)         /* from a thread pointer to errno */
#define INDEX_HEADER_SIZE       (INDEX_HEADER_LAST_ERROR + WORD)

/*
 * Recorded calls. The entry record writes the arguments into a ring, and returns a fixed result. It
 * calls nothing, holds no lock, and never waits, so it may run in a signal handler.
 *
 * The block's argument is the address of a recorder. It has the closure's queue, 0 while the
 * closure is closed, the words of the result registers, and descriptions of bytes to copy. A queue
 * has some stripes, each with a ring. A thread chooses the stripe by its thread pointer, so two
 * threads mostly write different memory. All calls of a thread are in one stripe, in order.
 *
 * Positions count all calls of a stripe. The record of position p is number i = p & QUEUE_MASK. It
 * has a turn, zero at first. The turn is p - i while the record is free for position p. It is one
 * more when the call of position p is published. The consumer frees the record for the next
 * position by the turn p - i + QUEUE_MASK + 1.
 * 1. A call reads the position p from STRIPE_TAIL, and the turn of p's record. If this is less than
 *    p - i, the consumer has not freed the record. The call is lost, and RECORDER_LOST counts it.
 * 2. If it is p - i, compare-and-swap makes p + 1 of the tail. Then p's record is the call's own.
 * 3. The call fills the record, and stores p - i + 1 as the turn: now it is published.
 * 4. If QUEUE_WAITING is set, the call clears it, and wakes the consumer by a system call. No
 *    instruction here touches errno.
 * A signal handler that interrupts a call takes the next record. The consumer takes records in
 * order, and waits for one that is not published yet.
 *
 * Memory order. Three orders are needed.
 *
 * The stores into a record come after the load of its turn, because the consumer reads the record
 * until it stores the turn with release. Every architecture keeps a store behind a load that a
 * branch before the store depends on. The entries load with acquire where that is cheap.
 *
 * The store of the turn comes after the stores into the record. It has release where the
 * architecture can reorder stores. The consumer loads it with acquire.
 *
 * The store of the turn comes before the load of QUEUE_WAITING. The consumer sets that word, makes
 * all threads execute a full barrier (membarrier), and then reads the turn again before it sleeps.
 * Suppose that a call's load comes before the call's barrier. Then its store does, too, and the
 * consumer sees the turn. Otherwise the load sees the word set. So the entries need no fence of
 * their own.
 *
 * A call clears QUEUE_WAITING before it wakes. The consumer sets it again only when it is awake. A
 * late store of zero keeps the kernel from letting it sleep, or is followed by its own wake-up.
 */
#define RECORDER_QUEUE      (0 * WORD)
#define RECORDER_ID         (1 * WORD)      /* the closure's number, for the record */
#define RECORDER_LOST       (2 * WORD)      /* the number of calls that found no free record */
#define RECORDER_VECTORS    (3 * WORD)      /* not 0: arguments are in registers for floating-point numbers */
#define RECORDER_STACK      (4 * WORD)      /* the size of the stack arguments to store, in bytes */
#define RECORDER_COPIES     (5 * WORD)      /* the size of all descriptions of bytes to copy, in bytes */
#define RECORDER_ANSWER     (6 * WORD)      /* as Convention.answer */
#define RECORDER_NO_CLOCK   (7 * WORD)      /* not 0: the record gets no reading of the counter */
#define RECORDER_RESULTS    (8 * WORD)      /* the words of the result registers */
#define RECORDER_COPY       (RECORDER_RESULTS + 256)
#define RECORDER_SIZE       512

/* How bytes behind a pointer are copied. */
#define COPY_POINTER        (0 * WORD)      /* where the pointer is in the record */
#define COPY_TARGET         (1 * WORD)      /* where the number of copied bytes goes in the record; the bytes follow */
#define COPY_LIMIT          (2 * WORD)      /* the largest number of bytes */
#define COPY_LENGTH         (3 * WORD)      /* where their number is in the record; 0 if no argument has it */
#define COPY_LENGTH_MASK    (4 * WORD)      /* the bits of that number */
#define COPY_TO_NUL         (5 * WORD)      /* not 0: a zero byte ends them */
#define COPY_SIZE           (6 * WORD)

#define QUEUE_STRIPE_MASK   (0 * WORD)      /* the number of stripes, minus 1 */
#define QUEUE_STRIPE_SIZE   (1 * WORD)      /* the distance from one stripe to the next */
#define QUEUE_MASK          (2 * WORD)      /* the number of records of a ring, minus 1 */
#define QUEUE_STRIDE        (3 * WORD)      /* the distance from one record to the next */
#define QUEUE_STRIPES       (4 * WORD)      /* the address of stripe 0 */
#define QUEUE_WAITING       128             /* 4 bytes, in a cache line of their own */
#define QUEUE_SIZE          256

#define STRIPE_TAIL         0
#define STRIPE_RECORDS      128

#define RECORD_TURN     0
#define RECORD_ID           (1 * WORD)
#define RECORD_THREAD       (2 * WORD)      /* the thread pointer */
#define RECORD_LOST         (3 * WORD)      /* RECORDER_LOST at the time of the call */
#define RECORD_CLOCK        (4 * WORD)      /* the processor's counter, 8 bytes */
#define RECORD_REGISTERS    (4 * WORD + 8)

/* Whether the entry can store a reading of the processor's counter. */
#ifndef RECORD_HAS_CLOCK
#define RECORD_HAS_CLOCK    1
#endif

/* The low bits of a thread pointer say least: stacks are some pages apart. */
#define STRIPE_SHIFT_SMALL  12
#define STRIPE_SHIFT_LARGE  16

#define FUTEX_WAKE_PRIVATE  129

/*
 * A table by index has up to INDEX_MOST trampolines. Where one takes 12 bytes or more, its
 * architecture defines the unit twice as large, so that half as many tables are mapped.
 */
#ifndef INDEX_CODE_SIZE
#define INDEX_CODE_SIZE         CODE_SIZE
#endif
#define INDEX_ENTRIES_SIZE      0x1000
#define INDEX_ENTRIES           (INDEX_CODE_SIZE - INDEX_ENTRIES_SIZE)

/*
 * An instruction puts the index minus this number into the scratch register, and INDEX_HEADER_BASE
 * is greater by it.
 */
#ifndef INDEX_BIAS
#define INDEX_BIAS              0
#endif

/*
 * The end of the process. at_exit is a function for __cxa_atexit, and its argument is the list of
 * changes. Each change makes pages writable, stores one word at places in them that are evenly
 * apart, and makes the pages read-only again.
 *
 * Afterwards, all calls lead to the generic entries, and these call exit_gate instead of Java.
 * exit_gate takes an id and a frame, as the universal gate does. It finds the answer of the slot's
 * kind, stores its words in the frame, and copies a result in memory.
 *
 * exit_bound is the entry for trampolines whose argument is a call record. The entries and the
 * header with EXIT_STATE belong to one table, which has no trampoline in use.
 *
 * Memory order: each change is a store of one word, right with every value of the other words. All
 * that the new entry reads was written before a function pointer was handed out. It is reached by
 * loads that depend on each other, or lies in a header.
 */
#define EXIT_STATE              INDEX_HEADER_GATE

/* The state. Java changes pages of the list only while EXIT_WRITERS is 1 and EXIT_ENDING is 0. */
#define EXIT_ENDING             (0 * WORD)
#define EXIT_WRITERS            (1 * WORD)
#define EXIT_DIRECTORY          (2 * WORD)      /* for each table its answer, or the address of its rows plus 1 */
#define EXIT_SLOT_BITS          13              /* of an id, below the number of the table */
#define EXIT_ROW_BITS           4               /* of an id, below the number of the row in its table */

#define EXIT_LIST_STATE         (0 * WORD)
#define EXIT_LIST_COUNT         (1 * WORD)
#define EXIT_LIST_CHANGES       (2 * WORD)

#define EXIT_CHANGE_PAGES       (0 * WORD)
#define EXIT_CHANGE_PAGES_SIZE  (1 * WORD)
#define EXIT_CHANGE_FIRST       (2 * WORD)      /* the address of the first word */
#define EXIT_CHANGE_STEP        (3 * WORD)      /* from one word to the next */
#define EXIT_CHANGE_COUNT       (4 * WORD)      /* the number of words, at least 1 */
#define EXIT_CHANGE_VALUE       (5 * WORD)
#define EXIT_CHANGE_SIZE        (6 * WORD)

#define EXIT_ANSWER_TO_ENTRY    (0 * WORD)      /* as the universal gate's result */
#define EXIT_ANSWER_COUNT       (1 * WORD)      /* the number of words for the frame */
#define EXIT_ANSWER_MEMORY      (2 * WORD)      /* the size of a result in memory; 0 if it is in registers */
#define EXIT_ANSWER_POINTER     (3 * WORD)      /* the place in the frame of that memory's address */
#define EXIT_ANSWER_RESULT      (4 * WORD)      /* the place in the frame that returns the address */
#define EXIT_ANSWER_WORDS       (5 * WORD)      /* pairs of a place and a word; then the result in memory */

/*
 * How often at_exit lets other threads run until no thread changes pages. The JVM stops threads
 * when it ends, so one of them may never finish.
 */
#define EXIT_PATIENCE           10000

#define PROT_READ               1
#define PROT_WRITE              2

#ifndef LINE_SIZE
#define LINE_SIZE       TRAMPOLINE_SIZE
#define TRAMPOLINES_IN_LINE 1
#endif

/*
 * The number of trampolines: as many lines as have room, but no more than a parameter table of
 * whole pages has blocks for.
 */
#define PAGE            0x1000
#define WHOLE_PAGES     ((CODE_SIZE - HEAD_SIZE) / LINE_SIZE * TRAMPOLINES_IN_LINE * BLOCK_SIZE / PAGE * PAGE)
#define TRAMPOLINES     (WHOLE_PAGES / BLOCK_SIZE / TRAMPOLINES_IN_LINE * TRAMPOLINES_IN_LINE)

#ifdef __ASSEMBLER__

/* The sections of an image. A linker for PE files sorts them by the text behind the dollar sign. */
#ifdef __ELF__
#define SECTION_ENTRIES           .text.entries, "ax", %progbits
#define SECTION_TRAMPOLINES       .text.trampolines, "ax", %progbits
#define SECTION_INDEX_TRAMPOLINES .text.index.trampolines, "ax", %progbits
#define SECTION_INDEX_ENTRIES     .text.index.entries, "ax", %progbits
#else
#define SECTION_ENTRIES           .text$a, "xr"
#define SECTION_TRAMPOLINES       .text$b, "xr"
#define SECTION_INDEX_TRAMPOLINES .text$c, "xr"
#define SECTION_INDEX_ENTRIES     .text$d, "xr"
#endif

/*
 * The number of trampolines by index: as many as have room, but no more than INDEX_MOST, which an
 * architecture's instructions can limit.
 */
#ifndef INDEX_MOST
#define INDEX_MOST              8192
#endif
#if INDEX_ENTRIES / INDEX_TRAMPOLINE_SIZE > INDEX_MOST
#define INDEX_TRAMPOLINES       INDEX_MOST
#else
#define INDEX_TRAMPOLINES       (INDEX_ENTRIES / INDEX_TRAMPOLINE_SIZE)
#endif

/* A symbol for the build. Hidden: it is not meant for a dynamic linker. */
        .macro  build_symbol name
        .globl  \name
#ifdef __ELF__
        .hidden \name
#endif
        .endm

/* The beginning and the end of code, for unwinders and for profilers' symbols. */
        .macro  begin_code name
        build_symbol \name
#ifdef __ELF__
        .type   \name, %function
#endif
        .endm

        .macro  begin_unwind
#ifdef __ELF__
        .cfi_startproc
#endif
        .endm

        .macro  end_code name
#ifdef __ELF__
        .cfi_endproc
        .size   \name, . - \name
#endif
        .endm

/* A number for the index. */
        .macro  layout name, value
        build_symbol salto_layout_\name
        .set    salto_layout_\name, \value
        .endm

/*
 * An entry: global for the index and for profilers' symbols, with unwind information. Ends with
 * `end_entry`.
 */
        .macro  entry name
        begin_code salto_entry_\name
        .balign 16
salto_entry_\name:
        begin_unwind
        .endm

        .macro  end_entry name
        end_code salto_entry_\name
        .endm

/* An entry of the code by index. Ends with `end_index_entry`. */
        .macro  index_entry name
        .pushsection SECTION_INDEX_ENTRIES
        entry   \name
        .endm

        .macro  end_index_entry name
        end_entry \name
        .popsection
        .endm

/*
 * The places in a generic entry's frame, as distances in bytes from the address of the frame. They
 * are the registers for integer and vector arguments, in the calling convention's order, the result
 * registers, the return address and the stack arguments. vector_size is the distance from one
 * vector register to the next, or 0 if their numbers count their own sizes. The entry sets the
 * result registers to zero before the call.
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

/*
 * More places in a generic entry's frame. The first is four bytes for errno, or for what
 * GetLastError returns. Then come the address of a function to leave by, and the words for it. The
 * entry sets that address to zero before the call. leave_count is the largest number of words.
 */
        .macro  frame_of_caller entry, last_error, leave_function, leave_words, leave_count
        layout  \entry\()_last_error, \last_error
        layout  \entry\()_leave_function, \leave_function
        layout  \entry\()_leave_words, \leave_words
        layout  \entry\()_leave_count, \leave_count
        .endm

/*
 * The places in a record of the entry record, as those of a frame, and the layout of what it reads.
 * The places of result registers are those in the recorder.
 */
        .macro  recording entry, integers, vectors, vector_size, result_integers, result_vectors, stack
        frame   \entry, \integers, \vectors, \vector_size, RECORDER_RESULTS + \result_integers, RECORDER_RESULTS + \result_vectors, 0, \stack
        .endm

        .macro  recording_layout
        layout  recorder_queue, RECORDER_QUEUE
        layout  recorder_id, RECORDER_ID
        layout  recorder_lost, RECORDER_LOST
        layout  recorder_vectors, RECORDER_VECTORS
        layout  recorder_stack, RECORDER_STACK
        layout  recorder_copies, RECORDER_COPIES
        layout  recorder_answer, RECORDER_ANSWER
        layout  recorder_no_clock, RECORDER_NO_CLOCK
        layout  recorder_results, RECORDER_RESULTS
        layout  recorder_copy, RECORDER_COPY
        layout  recorder_size, RECORDER_SIZE
        layout  record_copy_pointer, COPY_POINTER
        layout  record_copy_target, COPY_TARGET
        layout  record_copy_limit, COPY_LIMIT
        layout  record_copy_length, COPY_LENGTH
        layout  record_copy_length_mask, COPY_LENGTH_MASK
        layout  record_copy_to_nul, COPY_TO_NUL
        layout  record_copy_size, COPY_SIZE
        layout  record_queue_stripe_mask, QUEUE_STRIPE_MASK
        layout  record_queue_stripe_size, QUEUE_STRIPE_SIZE
        layout  record_queue_mask, QUEUE_MASK
        layout  record_queue_stride, QUEUE_STRIDE
        layout  record_queue_stripes, QUEUE_STRIPES
        layout  record_queue_waiting, QUEUE_WAITING
        layout  record_queue_size, QUEUE_SIZE
        layout  record_stripe_tail, STRIPE_TAIL
        layout  record_stripe_records, STRIPE_RECORDS
        layout  record_turn, RECORD_TURN
        layout  record_id, RECORD_ID
        layout  record_thread, RECORD_THREAD
        layout  record_lost, RECORD_LOST
        layout  record_clock, RECORD_CLOCK
        layout  record_has_clock, RECORD_HAS_CLOCK
        .endm

/* The code table. Behind its end, salto_parameters is where block 0 begins. */
        .macro  code_table
        .section SECTION_TRAMPOLINES
#ifndef __ELF__
        .balign PAGE
#endif
        begin_code salto_trampolines
salto_trampolines:
        begin_unwind
        .set    .Lindex, 0
        .rept   TRAMPOLINES
        trampoline salto_parameters + .Lindex * BLOCK_SIZE
        .set    .Lindex, .Lindex + 1
#if TRAMPOLINES_IN_LINE > 1                     /* not even nothing is skipped elsewhere: Arm's and RISC-V's symbols tell such data from code */
        .if     .Lindex % TRAMPOLINES_IN_LINE == 0
        .skip   LINE_SIZE - TRAMPOLINES_IN_LINE * TRAMPOLINE_SIZE
        .endif
#endif
        .endr
        end_code salto_trampolines
        .balign PAGE
        build_symbol salto_parameters
#ifndef __ELF__
        .section .data$b, "bw"
#endif
salto_parameters:
#ifndef __ELF__
        .skip   TRAMPOLINES * BLOCK_SIZE
#endif

        layout  code_size, CODE_SIZE
        layout  parameters_offset, PARAMETERS_OFFSET
        layout  trampoline_offset, HEAD_SIZE
        layout  trampoline_size, TRAMPOLINE_SIZE
        layout  trampoline_count, TRAMPOLINES
        layout  trampolines_in_line, TRAMPOLINES_IN_LINE
        layout  line_size, LINE_SIZE
        layout  call_target, CALL_TARGET
        layout  call_argument, CALL_ARGUMENT
        layout  call_stack_size, CALL_STACK_SIZE
        layout  call_size, CALL_SIZE
        layout  block_size, BLOCK_SIZE
        layout  block_entry, BLOCK_ENTRY
        layout  block_argument, BLOCK_ARGUMENT
        code_by_index
#ifdef __ELF__
        .section .note.GNU-stack, "", %progbits
#endif
        .endm

#ifndef INDEX_UNWIND
        .macro  index_unwind
        .endm
#endif

/* The code by index. Behind its end, salto_index_header is where the header begins. */
        .macro  code_by_index
        .section SECTION_INDEX_TRAMPOLINES
        begin_code salto_index_trampolines
salto_index_trampolines:
        begin_unwind
        index_unwind
        .set    .Lindex, 0
        .rept   INDEX_TRAMPOLINES
        index_trampoline .Lindex
        .set    .Lindex, .Lindex + 1
        .endr
        end_code salto_index_trampolines
        build_symbol salto_index_header
#ifdef __ELF__
        .section SECTION_INDEX_ENTRIES
        .balign INDEX_ENTRIES_SIZE
#else
        .skip   INDEX_ENTRIES - INDEX_TRAMPOLINES * INDEX_TRAMPOLINE_SIZE
        .section .data$a, "bw"
        .balign PAGE
#endif
salto_index_header:
.Lindex_header:
#ifndef __ELF__
        .skip   PAGE
#endif

        layout  index_offset, CODE_SIZE
        layout  index_code_size, INDEX_CODE_SIZE
        layout  index_trampoline_offset, 0
        layout  index_trampoline_size, INDEX_TRAMPOLINE_SIZE
        layout  index_trampoline_count, INDEX_TRAMPOLINES
        layout  index_entries, INDEX_ENTRIES
        layout  index_bias, INDEX_BIAS
        layout  index_header_entry, INDEX_HEADER_ENTRY
        layout  index_header_gate, INDEX_HEADER_GATE
        layout  index_header_base, INDEX_HEADER_BASE
        layout  index_header_stack_size, INDEX_HEADER_STACK_SIZE
        layout  index_header_universal, INDEX_HEADER_UNIVERSAL
        layout  index_header_last_error, INDEX_HEADER_LAST_ERROR
        layout  index_header_size, INDEX_HEADER_SIZE
        .endm

/* The numbers of the end of the process, for architectures with its entries. */
        .macro  exit_layout
        layout  exit_ending, EXIT_ENDING
        layout  exit_writers, EXIT_WRITERS
        layout  exit_directory, EXIT_DIRECTORY
        layout  exit_slot_bits, EXIT_SLOT_BITS
        layout  exit_row_bits, EXIT_ROW_BITS
        layout  exit_list_state, EXIT_LIST_STATE
        layout  exit_list_count, EXIT_LIST_COUNT
        layout  exit_list_changes, EXIT_LIST_CHANGES
        layout  exit_change_pages, EXIT_CHANGE_PAGES
        layout  exit_change_pages_size, EXIT_CHANGE_PAGES_SIZE
        layout  exit_change_first, EXIT_CHANGE_FIRST
        layout  exit_change_step, EXIT_CHANGE_STEP
        layout  exit_change_count, EXIT_CHANGE_COUNT
        layout  exit_change_value, EXIT_CHANGE_VALUE
        layout  exit_change_size, EXIT_CHANGE_SIZE
        layout  exit_answer_to_entry, EXIT_ANSWER_TO_ENTRY
        layout  exit_answer_count, EXIT_ANSWER_COUNT
        layout  exit_answer_memory, EXIT_ANSWER_MEMORY
        layout  exit_answer_pointer, EXIT_ANSWER_POINTER
        layout  exit_answer_result, EXIT_ANSWER_RESULT
        layout  exit_answer_words, EXIT_ANSWER_WORDS
        .endm

#endif
