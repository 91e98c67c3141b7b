/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for i386, System V Application Binary Interface, Intel386 Architecture Processor
 * Supplement 1.1.
 * clang: --target=i386-unknown-linux-gnu -march=i686 -msse2
 * lld: -z max-page-size=0x1000
 * scratch register: ecx
 *
 *   register        what it is here
 *   ecx             scratch register: the block's argument, for the code that a trampoline jumps to. No argument is in a register
 *                   (2.2.3), and compilers have the static chain pointer of nested functions here
 *   eax             where the code is, because instructions cannot address memory by its distance; then free
 *   xmm6 xmm7       what eax and ecx held before the trampoline: arguments in some of the calling conventions of Windows, and there for the entry
 *                   generic alone. The callee's to change in all of them, and arguments in none
 *   edx             free for entries: the callee's to change (2.2.2, table 2.3)
 *   edx:eax, st(0)  integer and floating-point results (2.2.3)
 *
 * At a trampoline and at an entry the stack is as the caller's `call` left it: return address at
 * (%esp), arguments above it. A callee that returns a struct or a union stores it at an address
 * that is passed before the arguments. It removes that address from the stack.
 */
#define WORD            4
#define TRAMPOLINE_SIZE 24
#define INDEX_TRAMPOLINE_SIZE 16
#define INDEX_CODE_SIZE 0x20000
#define INDEX_UNWIND

#include "text-image.h"

/*
 * Trampolines differ only in the two displacements: the way to the block becomes shorter by the
 * difference of the sizes. The call returns to its return address, which keeps the processor's
 * return predictions, and the shadow stack, in order.
 */
        .macro  trampoline block
1:      endbr32                                         /* landing pad for indirect calls under IBT: 4 bytes */
        call    .Lget_pc                                /* 5 bytes */
2:      mov     BLOCK_ARGUMENT + \block - 2b(%eax), %ecx        /* 6 bytes */
        jmp     *BLOCK_ENTRY + \block - 2b(%eax)        /* 6 bytes */
        .skip   TRAMPOLINE_SIZE - (. - 1b), 0xcc
        .endm

/*
 * All registers have to be saved before they change, and there is no room for that. So the
 * trampoline pushes the index on the stack.
 */
#define INDEX_PUSHED    9
        .macro  index_trampoline index
1:      endbr32                                         /* 4 bytes */
        .byte   0x68                                    /* push, always with a number of 4 bytes */
        .long   \index
        jmp     .Lindex_jump_on                         /* 5 bytes */
        .skip   INDEX_TRAMPOLINE_SIZE - (. - 1b), 0xcc
        .endm

/*
 * The frame's address in all trampolines: esp + 4, and 4 more from INDEX_PUSHED on, as linkers
 * describe their jump tables.
 */
        .macro  index_unwind
        .cfi_escape 0x0f, 11                            /* DW_CFA_def_cfa_expression, of so many bytes */
        .cfi_escape 0x74, 4                             /* DW_OP_breg4, esp */
        .cfi_escape 0x78, 0                             /* DW_OP_breg8, the return address column: eip */
        .cfi_escape 0x30 + INDEX_TRAMPOLINE_SIZE - 1, 0x1a /* DW_OP_lit15, DW_OP_and */
        .cfi_escape 0x30 + INDEX_PUSHED, 0x2a           /* DW_OP_lit9, DW_OP_ge */
        .cfi_escape 0x32, 0x24, 0x22                    /* DW_OP_lit2, DW_OP_shl, DW_OP_plus */
        .endm

/*
 * Tells a loader that every indirect branch lands on an endbr32 and that the shadow stack stays
 * balanced.
 */
        .section .note.gnu.property, "a", @note
        .balign 4
        .long   4, 12, 5                /* sizes of name and description; NT_GNU_PROPERTY_TYPE_0 */
        .asciz  "GNU"
        .long   0xc0000002, 4, 3        /* GNU_PROPERTY_X86_FEATURE_1_AND: IBT and SHSTK */

        .section .text.entries, "ax", @progbits

        .macro  function_get_pc name
        .type   \name, @function
\name:
.L\name:
        .cfi_startproc
        movd    %eax, %xmm6             /* here, because a trampoline has no room for it */
        movd    %ecx, %xmm7
.L\name\()_again:
        mov     (%esp), %eax            /* the address behind the call */
        ret
        .cfi_endproc
        .size   \name, . - \name
        .endm

        function_get_pc get_pc

        .pushsection .text.index.entries, "ax", @progbits
        function_get_pc index_get_pc

        .type   index_jump_on, @function
index_jump_on:
.Lindex_jump_on:
        .cfi_startproc
        .cfi_def_cfa_offset 2 * WORD
        call    .Lindex_get_pc
.Lindex_pc:
        pop     %ecx
        .cfi_def_cfa_offset WORD
        jmp     *salto_index_header + INDEX_HEADER_ENTRY - .Lindex_pc(%eax)
        .cfi_endproc
        .size   index_jump_on, . - index_jump_on
        .popsection

/*
 * Sets eax to the address of the header. Trampolines with blocks lead to entries by index too, so
 * eax does not say where the entry is.
 */
        .macro  find_index_header
        call    .Lindex_get_pc_again
1:      lea     salto_index_header - 1b(%eax), %eax
        .endm

/*
 * append_stack, bind_stack: the appended argument goes behind the caller's own arguments (2.2.3:
 * the last has the highest address). They must be contiguous, so the entry copies the caller's into
 * a new frame. Compilers keep arguments at a multiple of 16, there as here. The variants with
 * _popping are for functions that return a struct or a union.
 */
        .macro  call_with_copied_stack popped   /* eax: the call; ecx: the argument to append */
        push    %ebp
        .cfi_def_cfa_offset 8
        .cfi_offset %ebp, -8
        mov     %esp, %ebp
        .cfi_def_cfa_register %ebp
        mov     CALL_STACK_SIZE(%eax), %edx
        sub     %edx, %esp
        sub     $WORD, %esp
        and     $-16, %esp
        mov     %ecx, (%esp, %edx)
1:      sub     $WORD, %edx
        js      2f
        mov     8(%ebp, %edx), %ecx     /* above the saved ebp and the return address */
        mov     %ecx, (%esp, %edx)
        jmp     1b
2:      call    *CALL_TARGET(%eax)
        leave
        .cfi_def_cfa %esp, 4
        ret     $\popped
        .endm

        .macro  stack_entries suffix, popped
        entry   bind_stack\suffix
        endbr32
        mov     %ecx, %eax
        mov     CALL_ARGUMENT(%eax), %ecx
        call_with_copied_stack \popped
        end_entry bind_stack\suffix

        index_entry append_stack\suffix
        endbr32
        find_index_header
        add     $INDEX_HEADER_CALL, %eax
        add     CALL_ARGUMENT(%eax), %ecx
        call_with_copied_stack \popped
        end_index_entry append_stack\suffix
        .endm

        stack_entries "", 0
        stack_entries _popping, WORD

/*
 * dead: the entry of a trampoline without a target. Returns zero as an integer or pointer. dead_x87
 * returns zero as a floating-point number. A caller that does not expect one would leave it on the
 * x87 stack. dead_popping returns the address of a struct or a union, and writes nothing there.
 */
        entry   dead
        endbr32
        xor     %eax, %eax
        xor     %edx, %edx
        ret
        end_entry dead

        entry   dead_x87
        endbr32
        fldz
        ret
        end_entry dead_x87

        entry   dead_popping
        endbr32
        mov     WORD(%esp), %eax
        ret     $WORD
        end_entry dead_popping

/*
 * generic: calls the universal gate, for any signature and calling convention. It stores all
 * argument registers in a frame, calls the gate with the hidden argument and the frame's address,
 * and loads all result registers.
 *
 * The gate returns Convention.answer. The lowest byte is the size of the number that goes onto the
 * x87 stack. A caller that expects no number there must not find one. The rest is the size of the
 * arguments to remove from the caller's stack.
 *
 * The frame lies at a fixed distance from the return address, and the stack below it is aligned.
 * Callers with conventions of Windows align the stack only to 4.
 */
#define FRAME_INTEGERS          0                               /* eax edx ecx */
#define FRAME_RESULT_INTEGERS   (FRAME_INTEGERS + 3 * WORD)     /* eax edx */
#define FRAME_RESULT_X87        (FRAME_RESULT_INTEGERS + 2 * WORD) /* st(0) */
#define FRAME_LAST_ERROR        (FRAME_RESULT_X87 + 3 * WORD)
#define FRAME_LAST_ERROR_WAY    (FRAME_LAST_ERROR + WORD)       /* from the thread pointer */
#define FRAME_LEAVE_FUNCTION    (FRAME_LAST_ERROR_WAY + WORD)
#define FRAME_LEAVE_WORDS       (FRAME_LEAVE_FUNCTION + WORD)
#define FRAME_LEAVE_COUNT       8
#define FRAME_SIZE              (FRAME_LEAVE_WORDS + FRAME_LEAVE_COUNT * WORD)
#define ANSWER_REMOVED_SHIFT    8

        index_entry generic
        endbr32
        push    %ebp
        .cfi_def_cfa_offset 8
        .cfi_offset %ebp, -8
        mov     %esp, %ebp
        .cfi_def_cfa_register %ebp
        sub     $FRAME_SIZE, %esp
        movd    %xmm6, FRAME_INTEGERS + 0 * WORD(%esp)
        mov     %edx, FRAME_INTEGERS + 1 * WORD(%esp)
        movd    %xmm7, FRAME_INTEGERS + 2 * WORD(%esp)
        xor     %edx, %edx
        .irp    n, 0, 1
        mov     %edx, FRAME_RESULT_INTEGERS + \n * WORD(%esp)
        .endr
        .irp    n, 0, 1, 2
        mov     %edx, FRAME_RESULT_X87 + \n * WORD(%esp)
        .endr
        mov     %edx, FRAME_LEAVE_FUNCTION(%esp)
        find_index_header
        mov     INDEX_HEADER_LAST_ERROR(%eax), %edx
        mov     %edx, FRAME_LAST_ERROR_WAY(%esp)
        mov     %gs:(%edx), %edx
        mov     %edx, FRAME_LAST_ERROR(%esp)
        mov     %esp, %edx
        add     INDEX_HEADER_BASE(%eax), %ecx
        sub     $2 * WORD, %esp
        and     $-16, %esp
        mov     %ecx, (%esp)
        mov     %edx, WORD(%esp)
        call    *INDEX_HEADER_UNIVERSAL(%eax)
        mov     FRAME_LAST_ERROR_WAY - FRAME_SIZE(%ebp), %ecx
        mov     FRAME_LAST_ERROR - FRAME_SIZE(%ebp), %edx
        mov     %edx, %gs:(%ecx)
        cmpl    $0, FRAME_LEAVE_FUNCTION - FRAME_SIZE(%ebp)
        jne     5f
        movzbl  %al, %ecx
        jecxz   4f
        cmp     $8, %ecx
        je      3f
        ja      2f
        flds    FRAME_RESULT_X87 - FRAME_SIZE(%ebp)
        jmp     4f
2:      fldt    FRAME_RESULT_X87 - FRAME_SIZE(%ebp)
        jmp     4f
3:      fldl    FRAME_RESULT_X87 - FRAME_SIZE(%ebp)
4:      shr     $ANSWER_REMOVED_SHIFT, %eax
        /*
         * The return address moves to the stack's new end, so that the processor and the shadow
         * stack see the return that they expect.
         */
        lea     WORD(%ebp, %eax), %ecx
        mov     WORD(%ebp), %edx
        mov     %edx, (%ecx)
        mov     FRAME_RESULT_INTEGERS + 0 * WORD - FRAME_SIZE(%ebp), %eax
        mov     FRAME_RESULT_INTEGERS + 1 * WORD - FRAME_SIZE(%ebp), %edx
        mov     (%ebp), %ebp
        .cfi_remember_state
        .cfi_restore %ebp
        .cfi_def_cfa %ecx, WORD
        mov     %ecx, %esp
        .cfi_def_cfa_register %esp
        ret
        .cfi_restore_state
        /*
         * Arguments are on the stack, so the function is called. The caller may have passed fewer
         * words, and the function removes none. Its result is in the registers when it returns.
         */
5:      shr     $ANSWER_REMOVED_SHIFT, %eax
        mov     %eax, FRAME_LAST_ERROR_WAY - FRAME_SIZE(%ebp)
        lea     -FRAME_SIZE - FRAME_LEAVE_COUNT * WORD(%ebp), %esp
        and     $-16, %esp
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        mov     FRAME_LEAVE_WORDS + \n * WORD - FRAME_SIZE(%ebp), %eax
        mov     %eax, \n * WORD(%esp)
        .endr
        call    *FRAME_LEAVE_FUNCTION - FRAME_SIZE(%ebp)
        mov     FRAME_LAST_ERROR_WAY - FRAME_SIZE(%ebp), %ecx
        lea     WORD(%ebp, %ecx), %ecx
        push    WORD(%ebp)
        pop     (%ecx)
        mov     (%ebp), %ebp
        .cfi_restore %ebp
        .cfi_def_cfa %ecx, WORD
        mov     %ecx, %esp
        .cfi_def_cfa_register %esp
        ret
        end_index_entry generic

        /* No argument is in a vector register. */
        frame   generic, FRAME_INTEGERS, 0, 0, FRAME_RESULT_INTEGERS, 0, FRAME_SIZE + WORD, FRAME_SIZE + 2 * WORD
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, FRAME_LEAVE_COUNT
        layout  generic_result_x87, FRAME_RESULT_X87

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset               /* (%esp + WORD): the function */
        endbr32
        sub     $3 * WORD, %esp
        .cfi_def_cfa_offset 4 * WORD
        call    *4 * WORD(%esp)
        sub     %gs:0, %eax
        add     $3 * WORD, %esp
        .cfi_def_cfa_offset WORD
        ret
        end_entry last_error_offset

/*
 * record: writes the call into a ring, see text-image.h. ecx is the recorder.
 *
 * The processor keeps stores in order, and loads in order (Intel SDM 3A, 9.2.2). So a plain store
 * publishes.
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* eax edx ecx */
#define RECORD_STACK            (RECORD_INTEGERS + 3 * WORD)
#define RECORD_RESULT_INTEGERS  0                               /* eax edx */
#define RECORD_RESULT_X87       (RECORD_RESULT_INTEGERS + 2 * WORD) /* st(0) */
#define RECORD_PUSHED           (5 * WORD)
#define SYS_FUTEX               240

        .macro  push_for_record register
        push    \register
        .cfi_adjust_cfa_offset WORD
        .endm

        .macro  pop_after_record register
        pop     \register
        .cfi_adjust_cfa_offset -WORD
        .endm

        entry   record
        endbr32
        .irp    register, %ebp, %ebx, %esi, %edi
        push_for_record \register
        .cfi_rel_offset \register, 0
        .endr
        push_for_record %edx
        mov     RECORDER_QUEUE(%ecx), %ebx      /* ebx: the queue */
        test    %ebx, %ebx
        jz      .Lrecord_return
        mov     %gs:0, %ebp
        mov     %ebp, %eax
        shr     $STRIPE_SHIFT_SMALL, %ebp
        shr     $STRIPE_SHIFT_LARGE, %eax
        add     %eax, %ebp
        and     QUEUE_STRIPE_MASK(%ebx), %ebp
        imul    QUEUE_STRIPE_SIZE(%ebx), %ebp
        add     QUEUE_STRIPES(%ebx), %ebp       /* ebp: the stripe */
.Lrecord_reserve:
        mov     STRIPE_TAIL(%ebp), %eax
1:      mov     %eax, %esi
        and     QUEUE_MASK(%ebx), %esi
        mov     %eax, %edi
        sub     %esi, %edi                      /* edi: the turn of a free record */
        imul    QUEUE_STRIDE(%ebx), %esi
        lea     STRIPE_RECORDS(%ebp, %esi), %esi /* esi: the record of position eax */
        mov     RECORD_TURN(%esi), %edx
        sub     %edi, %edx
        jnz     .Lrecord_not_free
        lea     1(%eax), %edx
        lock cmpxchg %edx, STRIPE_TAIL(%ebp)
        jne     1b
        inc     %edi                            /* edi: the turn of a published record */

        mov     (%esp), %edx
        movd    %xmm6, RECORD_INTEGERS + 0 * WORD(%esi)
        mov     %edx, RECORD_INTEGERS + 1 * WORD(%esi)
        movd    %xmm7, RECORD_INTEGERS + 2 * WORD(%esi)
        mov     RECORDER_ID(%ecx), %eax
        mov     RECORDER_LOST(%ecx), %edx
        mov     %gs:0, %ebp
        mov     %eax, RECORD_ID(%esi)
        mov     %edx, RECORD_LOST(%esi)
        mov     %ebp, RECORD_THREAD(%esi)
        cmpl    $0, RECORDER_NO_CLOCK(%ecx)
        jne     14f
        rdtsc
        mov     %eax, RECORD_CLOCK(%esi)
        mov     %edx, RECORD_CLOCK + WORD(%esi)
14:
        mov     RECORDER_STACK(%ecx), %edx
2:      sub     $WORD, %edx
        js      3f
        mov     RECORD_PUSHED + WORD(%esp, %edx), %eax  /* above the return address */
        mov     %eax, RECORD_STACK(%esi, %edx)
        jmp     2b
3:      mov     RECORDER_COPIES(%ecx), %eax
        test    %eax, %eax
        jnz     .Lrecord_copies
.Lrecord_publish:
        mov     %edi, RECORD_TURN(%esi)
        cmpl    $0, QUEUE_WAITING(%ebx)
        jne     .Lrecord_wake
.Lrecord_return:
        movzbl  RECORDER_ANSWER(%ecx), %eax     /* the size of the number on the x87 stack */
        test    %eax, %eax
        jnz     5f
4:      mov     RECORDER_RESULTS + RECORD_RESULT_INTEGERS + 0 * WORD(%ecx), %eax
        mov     RECORDER_RESULTS + RECORD_RESULT_INTEGERS + 1 * WORD(%ecx), %edx
        mov     RECORDER_ANSWER(%ecx), %ecx
        shr     $ANSWER_REMOVED_SHIFT, %ecx     /* the size of the arguments that the callee removes */
        .cfi_remember_state
        add     $WORD, %esp
        .cfi_adjust_cfa_offset -WORD
        .irp    register, %edi, %esi, %ebx, %ebp
        pop_after_record \register
        .cfi_restore \register
        .endr
        jecxz   15f
        /* The return address moves to the stack's new end, as in generic. */
        add     %esp, %ecx
        pushl   (%esp)
        .cfi_adjust_cfa_offset WORD
        popl    (%ecx)
        .cfi_adjust_cfa_offset -WORD
        mov     %ecx, %esp
15:     ret
        .cfi_restore_state
5:      cmp     $8, %eax
        je      7f
        ja      6f
        flds    RECORDER_RESULTS + RECORD_RESULT_X87(%ecx)
        jmp     4b
6:      fldt    RECORDER_RESULTS + RECORD_RESULT_X87(%ecx)
        jmp     4b
7:      fldl    RECORDER_RESULTS + RECORD_RESULT_X87(%ecx)
        jmp     4b

.Lrecord_not_free:                              /* another call has the position, or the ring is full */
        jns     .Lrecord_reserve
        lock incl RECORDER_LOST(%ecx)
        jmp     .Lrecord_return

.Lrecord_copies:                                /* eax: the size of the descriptions */
        lea     RECORDER_COPY(%ecx), %ebp       /* ebp: the description */
        add     %ebp, %eax
        .cfi_remember_state
        .irp    register, %ecx, %ebx, %edi, %eax
        push_for_record \register
        .endr
8:      mov     COPY_POINTER(%ebp), %ecx
        mov     (%esi, %ecx), %ecx              /* ecx: where the bytes are */
        mov     COPY_LIMIT(%ebp), %edx          /* edx: how many there are at most */
        mov     COPY_LENGTH(%ebp), %eax
        test    %eax, %eax
        jz      9f
        mov     (%esi, %eax), %eax
        and     COPY_LENGTH_MASK(%ebp), %eax
        cmp     %edx, %eax
        cmovb   %eax, %edx
9:      test    %ecx, %ecx
        cmovz   %ecx, %edx
        mov     COPY_TARGET(%ebp), %ebx
        add     %esi, %ebx                      /* ebx: where their number goes */
        xor     %edi, %edi                      /* edi: how many are copied */
10:     cmp     %edx, %edi
        je      13f
        movzbl  (%ecx, %edi), %eax
        mov     %al, WORD(%ebx, %edi)
        test    %eax, %eax
        jz      12f
11:     inc     %edi
        jmp     10b
12:     cmpl    $0, COPY_TO_NUL(%ebp)
        je      11b
13:     mov     %edi, (%ebx)
        add     $COPY_SIZE, %ebp
        cmp     (%esp), %ebp                    /* the end of the descriptions */
        jb      8b
        .irp    register, %eax, %edi, %ebx, %ecx
        pop_after_record \register
        .endr
        jmp     .Lrecord_publish
        .cfi_restore_state

.Lrecord_wake:                                  /* the kernel changes eax alone */
        movl    $0, QUEUE_WAITING(%ebx)
        push_for_record %ebx
        push_for_record %ecx
        lea     QUEUE_WAITING(%ebx), %ebx
        mov     $FUTEX_WAKE_PRIVATE, %ecx
        mov     $1, %edx
        mov     $SYS_FUTEX, %eax
        int     $0x80
        pop_after_record %ecx
        pop_after_record %ebx
        jmp     .Lrecord_return
        end_entry record

        recording record, RECORD_INTEGERS, 0, 0, RECORD_RESULT_INTEGERS, 0, RECORD_STACK
        layout  record_result_x87, RECORDER_RESULTS + RECORD_RESULT_X87

        recording_layout
/* The end of the process: see text-image.h. A system call changes eax alone. */
#define SYS_MPROTECT    125
#define SYS_SCHED_YIELD 158

        index_entry exit_bound
        endbr32
        mov     CALL_ARGUMENT(%ecx), %ecx
        jmp     salto_entry_generic
        end_index_entry exit_bound

        .macro  save register, offset
        push    \register
        .cfi_def_cfa_offset \offset
        .cfi_offset \register, -\offset
        .endm

        .macro  restore register, offset
        pop     \register
        .cfi_def_cfa_offset \offset - WORD
        .cfi_restore \register
        .endm

        index_entry exit_gate           /* arguments: the id; the frame */
        endbr32
        save    %ebx, 8
        save    %esi, 12
        save    %edi, 16
        find_index_header
        mov     EXIT_STATE(%eax), %eax
        mov     16(%esp), %ecx
        mov     20(%esp), %ebx
        mov     %ecx, %edx
        shr     $EXIT_SLOT_BITS, %edx
        mov     EXIT_DIRECTORY(%eax, %edx, WORD), %edx
        test    $1, %dl
        jz      1f
        and     $(1 << EXIT_SLOT_BITS) - 1, %ecx
        shr     $EXIT_ROW_BITS, %ecx
        mov     -1(%edx, %ecx, WORD), %edx
1:      xor     %eax, %eax
        test    %edx, %edx
        jz      5f
        lea     EXIT_ANSWER_WORDS(%edx), %esi
        mov     EXIT_ANSWER_COUNT(%edx), %ecx
2:      dec     %ecx
        js      3f
        mov     (%esi), %eax
        mov     WORD(%esi), %edi
        mov     %edi, (%ebx, %eax)
        add     $2 * WORD, %esi
        jmp     2b
3:      mov     EXIT_ANSWER_MEMORY(%edx), %ecx
        test    %ecx, %ecx
        jz      4f
        mov     EXIT_ANSWER_POINTER(%edx), %eax
        mov     (%ebx, %eax), %edi
        mov     EXIT_ANSWER_RESULT(%edx), %eax
        mov     %edi, (%ebx, %eax)
        rep     movsb
4:      mov     EXIT_ANSWER_TO_ENTRY(%edx), %eax
5:      restore %edi, 16
        restore %esi, 12
        restore %ebx, 8
        ret
        end_index_entry exit_gate

        .macro  protect rights          /* esi: the change */
        mov     EXIT_CHANGE_PAGES(%esi), %ebx
        mov     EXIT_CHANGE_PAGES_SIZE(%esi), %ecx
        mov     $\rights, %edx
        mov     $SYS_MPROTECT, %eax
        int     $0x80
        .endm

        index_entry at_exit             /* argument: the list */
        endbr32
        save    %ebx, 8
        save    %esi, 12
        save    %edi, 16
        mov     16(%esp), %esi
        mov     EXIT_LIST_STATE(%esi), %edx
        mov     $1, %ecx
        xchg    %ecx, EXIT_ENDING(%edx) /* a full fence */
        mov     $EXIT_PATIENCE, %edi
1:      cmpl    $0, EXIT_WRITERS(%edx)
        je      2f
        mov     $SYS_SCHED_YIELD, %eax
        int     $0x80
        dec     %edi
        jnz     1b
2:      mov     EXIT_LIST_COUNT(%esi), %edi
        add     $EXIT_LIST_CHANGES, %esi
3:      dec     %edi
        js      6f
        protect PROT_READ + PROT_WRITE
        test    %eax, %eax
        jnz     5f
        mov     EXIT_CHANGE_FIRST(%esi), %ebx
        mov     EXIT_CHANGE_STEP(%esi), %edx
        mov     EXIT_CHANGE_COUNT(%esi), %ecx
        mov     EXIT_CHANGE_VALUE(%esi), %eax
4:      mov     %eax, (%ebx)
        add     %edx, %ebx
        dec     %ecx
        jnz     4b
        protect PROT_READ
5:      add     $EXIT_CHANGE_SIZE, %esi
        jmp     3b
6:      restore %edi, 16
        restore %esi, 12
        restore %ebx, 8
        ret
        end_index_entry at_exit

        exit_layout

        code_table
