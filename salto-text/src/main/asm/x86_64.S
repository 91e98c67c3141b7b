/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for x86-64, System V AMD64 psABI 1.0.
 * clang: --target=x86_64-unknown-linux-gnu
 * lld: -z max-page-size=0x1000
 * scratch register: r10
 *
 *   register                what it is here
 *   r10                     scratch register: the block's argument, for the code that a trampoline jumps to. The psABI
 *                           (3.2.1, figure 3.4) gives it to the static chain pointer of nested functions and never to an
 *                           argument
 *   rdi rsi rdx rcx r8 r9   the integer arguments, in this order (3.2.3)
 *   rax                     al holds the number of vector registers of a variadic call: not touched before the target
 *   rdx:rax, xmm1:xmm0      integer and floating-point results (3.2.3)
 *   r11                     free for entries: caller-saved, never an argument
 *
 * At a trampoline and at an entry the stack is as the caller's `call` left it: return address at
 * (%rsp). Callers need not align it: an entry that calls a gate, or a native function, from a frame
 * of its own aligns the stack there.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 20
#define LINE_SIZE       64
#define TRAMPOLINES_IN_LINE 3
#define INDEX_TRAMPOLINE_SIZE 16
#define INDEX_CODE_SIZE 0x20000

#include "text-image.h"

/*
 * One indirect jump, from memory. A second one, through an entry that loads the argument, costs a
 * third of a direct call. The instructions have 17 bytes. Calls of code in two cache lines take up
 * to a cycle longer, so three trampolines share a line. Function pointers are multiples of 4, so
 * programs can use the two lowest bits as marks.
 */
        .macro  trampoline block
1:      endbr64                                         /* landing pad for indirect calls under IBT: 4 bytes */
        mov     BLOCK_ARGUMENT + \block(%rip), %r10     /* 7 bytes */
        jmp     *BLOCK_ENTRY + \block(%rip)             /* 6 bytes */
        .skip   TRAMPOLINE_SIZE - (. - 1b), 0xcc
        .endm

/* 16 bytes, so that none lies in two cache lines. The upper half of r10 becomes zero. */
        .macro  index_trampoline index
        endbr64                                         /* 4 bytes */
        mov     $\index, %r10d                          /* 6 bytes */
        jmp     *salto_index_header + INDEX_HEADER_ENTRY(%rip) /* 6 bytes */
        .endm

/*
 * Tells a loader that every indirect branch lands on an endbr64, and that the shadow stack stays
 * balanced.
 */
        .section .note.gnu.property, "a", @note
        .balign 8
        .long   4, 16, 5                /* sizes of name and description; NT_GNU_PROPERTY_TYPE_0 */
        .asciz  "GNU"
        .long   0xc0000002, 4, 3, 0     /* GNU_PROPERTY_X86_FEATURE_1_AND: IBT and SHSTK; padding */

        .section .text.entries, "ax", @progbits

/*
 * append_gp<k>: the hidden argument becomes integer argument number k, behind the caller's own k
 * integer arguments.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record. All other
 * registers and the stack stay as they are.
 */
        .macro  append_gp k, register
        entry   bind_gp\k
        endbr64
        mov     CALL_ARGUMENT(%r10), \register
        jmp     *CALL_TARGET(%r10)
        end_entry bind_gp\k
        index_entry append_gp\k
        endbr64
        mov     salto_index_header + INDEX_HEADER_BASE(%rip), \register
        add     %r10, \register
        jmp     *salto_index_header + INDEX_HEADER_GATE(%rip)
        end_index_entry append_gp\k
        .endm

        append_gp 0, %rdi
        append_gp 1, %rsi
        append_gp 2, %rdx
        append_gp 3, %rcx
        append_gp 4, %r8
        append_gp 5, %r9

/*
 * append_stack, bind_stack: no integer register is left, so the appended argument goes on the
 * stack, behind the caller's own stack arguments. The last argument has the highest address (psABI
 * 3.2.3, "Passing"). They must be contiguous, so the entry copies the caller's into a new frame.
 * Stack arguments begin at a multiple of 16, there as here (3.2.2).
 */
        .macro  call_with_copied_stack  /* r11: the call; r10: the argument to append */
        push    %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        mov     %rsp, %rbp
        .cfi_def_cfa_register %rbp
        push    %rax                    /* al counts the vector registers of a variadic call */
        mov     CALL_STACK_SIZE(%r11), %rax
        sub     %rax, %rsp
        sub     $8, %rsp
        and     $-16, %rsp
        mov     %r10, (%rsp, %rax)
1:      sub     $8, %rax
        js      2f
        mov     16(%rbp, %rax), %r10    /* above the saved rbp and the return address */
        mov     %r10, (%rsp, %rax)
        jmp     1b
2:      mov     -8(%rbp), %rax
        call    *CALL_TARGET(%r11)
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .endm

        entry   bind_stack
        endbr64
        mov     %r10, %r11
        mov     CALL_ARGUMENT(%r11), %r10
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        endbr64
        lea     salto_index_header + INDEX_HEADER_CALL(%rip), %r11
        add     CALL_ARGUMENT(%r11), %r10
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result.
 */
        entry   dead
        endbr64
        xor     %eax, %eax
        xor     %edx, %edx
        xorps   %xmm0, %xmm0
        xorps   %xmm1, %xmm1
        ret
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers. The gate returns the number of results on the x87 stack (3.2.3, "Returning of Values":
 * classes X87 and COMPLEX_X87). A caller that expects none must not find one there.
 *
 * The frame lies at a fixed distance from the return address, and the stack below it is aligned. A
 * caller in assembly, or compiled with -mpreferred-stack-boundary=3, may have aligned its own to
 * less than 16. So the instructions that store and load the frame need no alignment.
 */
#define FRAME_INTEGERS          0                               /* rdi rsi rdx rcx r8 r9 */
#define FRAME_RESULT_INTEGERS   (FRAME_INTEGERS + 6 * 8)        /* rax rdx */
#define FRAME_VECTORS           (FRAME_RESULT_INTEGERS + 2 * 8) /* xmm0 to xmm7 */
#define FRAME_RESULT_VECTORS    (FRAME_VECTORS + 8 * 16)        /* xmm0 xmm1 */
#define FRAME_RESULT_X87        (FRAME_RESULT_VECTORS + 2 * 16) /* st(0) st(1) */
#define FRAME_LEAVE_FUNCTION    (FRAME_RESULT_X87 + 2 * 16)
#define FRAME_LEAVE_WORDS       (FRAME_LEAVE_FUNCTION + 8)      /* rdi rsi rdx rcx r8 r9 */
#define FRAME_LAST_ERROR        (FRAME_LEAVE_WORDS + 6 * 8)
#define FRAME_SIZE              (FRAME_LAST_ERROR + 8)

        .macro  enter_frame size
        push    %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        mov     %rsp, %rbp
        .cfi_def_cfa_register %rbp
        sub     $\size, %rsp
        .endm

        .macro  call_universal_gate frame_size, last_error
        mov     salto_index_header + INDEX_HEADER_LAST_ERROR(%rip), %rax
        mov     %fs:(%rax), %eax
        mov     %eax, \last_error(%rsp)
        mov     %r10, %rdi
        mov     %rsp, %rsi
        and     $-16, %rsp
        call    *salto_index_header + INDEX_HEADER_UNIVERSAL(%rip)
        lea     -\frame_size(%rbp), %rsp
        mov     salto_index_header + INDEX_HEADER_LAST_ERROR(%rip), %rcx
        mov     \last_error(%rsp), %edx
        mov     %edx, %fs:(%rcx)
        .endm

        index_entry generic
        endbr64
        add     salto_index_header + INDEX_HEADER_BASE(%rip), %r10
        enter_frame FRAME_SIZE
        mov     %rdi, FRAME_INTEGERS + 0 * 8(%rsp)
        mov     %rsi, FRAME_INTEGERS + 1 * 8(%rsp)
        mov     %rdx, FRAME_INTEGERS + 2 * 8(%rsp)
        mov     %rcx, FRAME_INTEGERS + 3 * 8(%rsp)
        mov     %r8, FRAME_INTEGERS + 4 * 8(%rsp)
        mov     %r9, FRAME_INTEGERS + 5 * 8(%rsp)
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        movups  %xmm\n, FRAME_VECTORS + \n * 16(%rsp)
        .endr
        xorps   %xmm0, %xmm0
        movups  %xmm0, FRAME_RESULT_INTEGERS(%rsp)
        .irp    n, 0, 1
        movups  %xmm0, FRAME_RESULT_VECTORS + \n * 16(%rsp)
        movups  %xmm0, FRAME_RESULT_X87 + \n * 16(%rsp)
        .endr
        movq    $0, FRAME_LEAVE_FUNCTION(%rsp)
        call_universal_gate FRAME_SIZE, FRAME_LAST_ERROR
        mov     FRAME_LEAVE_FUNCTION(%rsp), %r11
        test    %r11, %r11
        jnz     4f
        test    %eax, %eax
        jnz     2f
1:      mov     FRAME_RESULT_INTEGERS + 0 * 8(%rsp), %rax
        mov     FRAME_RESULT_INTEGERS + 1 * 8(%rsp), %rdx
        movups  FRAME_RESULT_VECTORS + 0 * 16(%rsp), %xmm0
        movups  FRAME_RESULT_VECTORS + 1 * 16(%rsp), %xmm1
        leave
        .cfi_remember_state
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_restore_state
2:      dec     %eax
        jz      3f
        fldt    FRAME_RESULT_X87 + 1 * 16(%rsp)
3:      fldt    FRAME_RESULT_X87 + 0 * 16(%rsp)
        jmp     1b
4:      mov     FRAME_LEAVE_WORDS + 0 * 8(%rsp), %rdi
        mov     FRAME_LEAVE_WORDS + 1 * 8(%rsp), %rsi
        mov     FRAME_LEAVE_WORDS + 2 * 8(%rsp), %rdx
        mov     FRAME_LEAVE_WORDS + 3 * 8(%rsp), %rcx
        mov     FRAME_LEAVE_WORDS + 4 * 8(%rsp), %r8
        mov     FRAME_LEAVE_WORDS + 5 * 8(%rsp), %r9
        xor     %eax, %eax              /* a variadic function has no vector registers to read */
        leave
        .cfi_restore %rbp
        .cfi_def_cfa %rsp, 8
        jmp     *%r11
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 16, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 6
        layout  generic_result_x87, FRAME_RESULT_X87

/*
 * last_error_offset: calls the function that returns the address of errno, and returns the distance
 * from the thread pointer.
 */
        entry   last_error_offset       /* rdi: the function */
        endbr64
        sub     $8, %rsp
        .cfi_def_cfa_offset 16
        call    *%rdi
        sub     %fs:0, %rax
        add     $8, %rsp
        .cfi_def_cfa_offset 8
        ret
        end_entry last_error_offset

/*
 * generic_win64: the same for callers of the x64 calling convention of Windows. It has four
 * argument registers of either kind, which count together. Behind the return address are 32 bytes
 * that belong to the callee, then the stack arguments. The callee preserves rdi, rsi and xmm6 to
 * xmm15 ("x64 calling convention", "Register volatility"). The gate follows the psABI and preserves
 * none of these.
 */
#define WIN64_INTEGERS          0                               /* rcx rdx r8 r9 */
#define WIN64_VECTORS           (WIN64_INTEGERS + 4 * 8)        /* xmm0 to xmm3 */
#define WIN64_RESULT_VECTORS    (WIN64_VECTORS + 4 * 16)        /* xmm0 */
#define WIN64_RESULT_INTEGERS   (WIN64_RESULT_VECTORS + 16)     /* rax */
#define WIN64_SAVED_VECTORS     (WIN64_RESULT_INTEGERS + 16)    /* xmm6 to xmm15 */
#define WIN64_SAVED_RDI         (WIN64_SAVED_VECTORS + 10 * 16)
#define WIN64_SAVED_RSI         (WIN64_SAVED_RDI + 8)
#define WIN64_LEAVE_FUNCTION    (WIN64_SAVED_RSI + 8)
#define WIN64_LEAVE_WORDS       (WIN64_LEAVE_FUNCTION + 8)      /* rcx rdx r8 r9 */
#define WIN64_LAST_ERROR        (WIN64_LEAVE_WORDS + 4 * 8)
#define WIN64_FRAME_SIZE        (WIN64_LAST_ERROR + 8)

        index_entry generic_win64
        endbr64
        add     salto_index_header + INDEX_HEADER_BASE(%rip), %r10
        enter_frame WIN64_FRAME_SIZE
        mov     %rdi, WIN64_SAVED_RDI(%rsp)
        .cfi_offset %rdi, WIN64_SAVED_RDI - WIN64_FRAME_SIZE - 16
        mov     %rsi, WIN64_SAVED_RSI(%rsp)
        .cfi_offset %rsi, WIN64_SAVED_RSI - WIN64_FRAME_SIZE - 16
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  %xmm\n, WIN64_SAVED_VECTORS + (\n - 6) * 16(%rsp)
        .endr
        mov     %rcx, WIN64_INTEGERS + 0 * 8(%rsp)
        mov     %rdx, WIN64_INTEGERS + 1 * 8(%rsp)
        mov     %r8, WIN64_INTEGERS + 2 * 8(%rsp)
        mov     %r9, WIN64_INTEGERS + 3 * 8(%rsp)
        .irp    n, 0, 1, 2, 3
        movups  %xmm\n, WIN64_VECTORS + \n * 16(%rsp)
        .endr
        xorps   %xmm0, %xmm0
        movups  %xmm0, WIN64_RESULT_VECTORS(%rsp)
        movups  %xmm0, WIN64_RESULT_INTEGERS(%rsp)
        movq    $0, WIN64_LEAVE_FUNCTION(%rsp)
        call_universal_gate WIN64_FRAME_SIZE, WIN64_LAST_ERROR
        mov     WIN64_RESULT_INTEGERS(%rsp), %rax
        movups  WIN64_RESULT_VECTORS(%rsp), %xmm0
        mov     WIN64_LEAVE_FUNCTION(%rsp), %r11
        .irp    n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  WIN64_SAVED_VECTORS + (\n - 6) * 16(%rsp), %xmm\n
        .endr
        mov     WIN64_SAVED_RDI(%rsp), %rdi
        .cfi_restore %rdi
        mov     WIN64_SAVED_RSI(%rsp), %rsi
        .cfi_restore %rsi
        test    %r11, %r11
        jnz     1f
        leave
        .cfi_remember_state
        .cfi_restore %rbp
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_restore_state
1:      mov     WIN64_LEAVE_WORDS + 0 * 8(%rsp), %rcx
        mov     WIN64_LEAVE_WORDS + 1 * 8(%rsp), %rdx
        mov     WIN64_LEAVE_WORDS + 2 * 8(%rsp), %r8
        mov     WIN64_LEAVE_WORDS + 3 * 8(%rsp), %r9
        leave
        .cfi_restore %rbp
        .cfi_def_cfa %rsp, 8
        jmp     *%r11
        end_index_entry generic_win64

        frame   generic_win64, WIN64_INTEGERS, WIN64_VECTORS, 16, WIN64_RESULT_INTEGERS, WIN64_RESULT_VECTORS, WIN64_FRAME_SIZE + 8, WIN64_FRAME_SIZE + 16 + 4 * 8
        frame_of_caller generic_win64, WIN64_LAST_ERROR, WIN64_LEAVE_FUNCTION, WIN64_LEAVE_WORDS, 4

/*
 * record: writes the call into a ring, see text-image.h. r10 is the recorder. A function that calls
 * nothing may use the 128 bytes below the stack pointer (3.2.2, "red zone").
 *
 * The processor keeps stores in order, and loads in order (Intel SDM 3A, 9.2.2; AMD64 APM 2, 7.2).
 * So a plain store publishes.
 */
#define RECORD_INTEGERS         RECORD_REGISTERS                /* rdi rsi rdx rcx r8 r9 */
#define RECORD_VECTORS          (RECORD_INTEGERS + 6 * 8)       /* xmm0 to xmm7 */
#define RECORD_STACK            (RECORD_VECTORS + 8 * 16)
#define RESULT_INTEGERS         0                               /* rax rdx */
#define RESULT_VECTORS          (RESULT_INTEGERS + 2 * 8)       /* xmm0 xmm1 */
#define RESULT_X87              (RESULT_VECTORS + 2 * 16)       /* st(0) st(1) */
#define SYS_FUTEX               202

#define WIN64_RECORD_INTEGERS   RECORD_REGISTERS                        /* rcx rdx r8 r9 */
#define WIN64_RECORD_VECTORS    (WIN64_RECORD_INTEGERS + 4 * 8)         /* xmm0 to xmm3 */
#define WIN64_RECORD_STACK      (WIN64_RECORD_VECTORS + 4 * 16)
#define WIN64_RECORD_RESULT_INTEGERS 0                                  /* rax */
#define WIN64_RECORD_RESULT_VECTORS  (WIN64_RECORD_RESULT_INTEGERS + 16) /* xmm0 */

        .macro  record_entry name, windows
        entry   \name
        endbr64
        mov     RECORDER_QUEUE(%r10), %r11
        mov     %rdi, -8(%rsp)
        mov     %rsi, -16(%rsp)
        mov     %rdx, -24(%rsp)
        .if     \windows
        .cfi_offset %rdi, -16
        .cfi_offset %rsi, -24
        .endif
        test    %r11, %r11
        jz      .L\name\()_return
        mov     %fs:0, %rdx
        mov     %rdx, %rax
        shr     $STRIPE_SHIFT_SMALL, %rdx
        shr     $STRIPE_SHIFT_LARGE, %rax
        add     %rax, %rdx
        and     QUEUE_STRIPE_MASK(%r11), %rdx
        imul    QUEUE_STRIPE_SIZE(%r11), %rdx
        add     QUEUE_STRIPES(%r11), %rdx       /* rdx: the stripe */
.L\name\()_reserve:
        mov     STRIPE_TAIL(%rdx), %rax
1:      mov     %rax, %rsi
        and     QUEUE_MASK(%r11), %rsi
        mov     %rax, %rdi
        sub     %rsi, %rdi                      /* rdi: the turn of a free record */
        imul    QUEUE_STRIDE(%r11), %rsi
        lea     STRIPE_RECORDS(%rdx, %rsi), %rsi /* rsi: the record of position rax */
        cmp     %rdi, RECORD_TURN(%rsi)
        jne     .L\name\()_not_free
        lea     1(%rax), %rdi
        lock cmpxchg %rdi, STRIPE_TAIL(%rdx)
        jne     1b
        mov     QUEUE_MASK(%r11), %rdi
        not     %rdi
        and     %rax, %rdi
        inc     %rdi                            /* rdi: the turn of a published record */

        .if     \windows
        mov     -24(%rsp), %rdx
        mov     %rcx, WIN64_RECORD_INTEGERS + 0 * 8(%rsi)
        mov     %rdx, WIN64_RECORD_INTEGERS + 1 * 8(%rsi)
        mov     %r8, WIN64_RECORD_INTEGERS + 2 * 8(%rsi)
        mov     %r9, WIN64_RECORD_INTEGERS + 3 * 8(%rsi)
        .else
        mov     %rcx, RECORD_INTEGERS + 3 * 8(%rsi)
        mov     %r8, RECORD_INTEGERS + 4 * 8(%rsi)
        mov     %r9, RECORD_INTEGERS + 5 * 8(%rsi)
        mov     -8(%rsp), %rax
        mov     -16(%rsp), %rcx
        mov     -24(%rsp), %rdx
        mov     %rax, RECORD_INTEGERS + 0 * 8(%rsi)
        mov     %rcx, RECORD_INTEGERS + 1 * 8(%rsi)
        mov     %rdx, RECORD_INTEGERS + 2 * 8(%rsi)
        .endif
        mov     RECORDER_ID(%r10), %rax
        mov     RECORDER_LOST(%r10), %rcx
        mov     %fs:0, %rdx
        mov     %rax, RECORD_ID(%rsi)
        mov     %rcx, RECORD_LOST(%rsi)
        mov     %rdx, RECORD_THREAD(%rsi)
        cmpq    $0, RECORDER_NO_CLOCK(%r10)
        jne     11f
        rdtsc
        mov     %eax, RECORD_CLOCK(%rsi)
        mov     %edx, RECORD_CLOCK + 4(%rsi)
11:
        mov     RECORDER_STACK(%r10), %rdx
        cmpq    $0, RECORDER_VECTORS(%r10)
        je      2f
        .if     \windows
        .irp    n, 0, 1, 2, 3
        movups  %xmm\n, WIN64_RECORD_VECTORS + \n * 16(%rsi)
        .endr
        .else
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        movups  %xmm\n, RECORD_VECTORS + \n * 16(%rsi)
        .endr
        .endif
2:      sub     $8, %rdx
        jns     .L\name\()_stack
        cmpq    $0, RECORDER_COPIES(%r10)
        jne     .L\name\()_copies
.L\name\()_publish:
        mov     %rdi, RECORD_TURN(%rsi)
        cmpl    $0, QUEUE_WAITING(%r11)
        jne     .L\name\()_wake
.L\name\()_return:
        .if     \windows
        mov     -8(%rsp), %rdi
        mov     -16(%rsp), %rsi
        mov     RECORDER_RESULTS + WIN64_RECORD_RESULT_INTEGERS(%r10), %rax
        movups  RECORDER_RESULTS + WIN64_RECORD_RESULT_VECTORS(%r10), %xmm0
        ret
        .else
        mov     RECORDER_RESULTS + RESULT_INTEGERS + 0 * 8(%r10), %rax
        mov     RECORDER_RESULTS + RESULT_INTEGERS + 1 * 8(%r10), %rdx
        movups  RECORDER_RESULTS + RESULT_VECTORS + 0 * 16(%r10), %xmm0
        movups  RECORDER_RESULTS + RESULT_VECTORS + 1 * 16(%r10), %xmm1
        mov     RECORDER_ANSWER(%r10), %ecx
        test    %ecx, %ecx
        jnz     3f
        ret
3:      dec     %ecx
        jz      4f
        fldt    RECORDER_RESULTS + RESULT_X87 + 1 * 16(%r10)
4:      fldt    RECORDER_RESULTS + RESULT_X87 + 0 * 16(%r10)
        ret
        .endif

.L\name\()_not_free:                              /* another call has the position, or the ring is full */
        jns     .L\name\()_reserve
        lock incq RECORDER_LOST(%r10)
        jmp     .L\name\()_return

.L\name\()_stack:                                 /* rdx: the place of the last word that is not stored yet */
        .if     \windows
        mov     8 + 4 * 8(%rsp, %rdx), %rax     /* above the return address, and the 32 bytes of the callee */
        mov     %rax, WIN64_RECORD_STACK(%rsi, %rdx)
        .else
        mov     8(%rsp, %rdx), %rax             /* above the return address */
        mov     %rax, RECORD_STACK(%rsi, %rdx)
        .endif
        jmp     2b

.L\name\()_copies:
        mov     %rdi, -32(%rsp)
        lea     RECORDER_COPY(%r10), %rdx       /* rdx: the description */
        mov     RECORDER_COPIES(%r10), %rax
        add     %rdx, %rax
        mov     %rax, -40(%rsp)                 /* the end of all of them */
5:      mov     COPY_POINTER(%rdx), %rcx
        mov     (%rsi, %rcx), %rcx              /* rcx: where the bytes are */
        mov     COPY_LIMIT(%rdx), %rax          /* rax: how many there are at most */
        mov     COPY_LENGTH(%rdx), %r8
        test    %r8, %r8
        jz      6f
        mov     (%rsi, %r8), %r8
        and     COPY_LENGTH_MASK(%rdx), %r8
        cmp     %rax, %r8
        cmovb   %r8, %rax
6:      test    %rcx, %rcx
        cmovz   %rcx, %rax
        mov     COPY_TARGET(%rdx), %r8
        add     %rsi, %r8
        xor     %r9d, %r9d                      /* r9: how many are copied */
7:      cmp     %rax, %r9
        je      9f
        movzbl  (%rcx, %r9), %edi
        mov     %dil, WORD(%r8, %r9)
        test    %edi, %edi
        jz      10f
8:      inc     %r9
        jmp     7b
10:     cmpq    $0, COPY_TO_NUL(%rdx)
        je      8b
9:      mov     %r9, (%r8)
        add     $COPY_SIZE, %rdx
        cmp     -40(%rsp), %rdx
        jb      5b
        mov     -32(%rsp), %rdi
        jmp     .L\name\()_publish

.L\name\()_wake:                                  /* the kernel changes rax, rcx and r11 (A.2.1) */
        movl    $0, QUEUE_WAITING(%r11)
        lea     QUEUE_WAITING(%r11), %rdi
        mov     $FUTEX_WAKE_PRIVATE, %esi
        mov     $1, %edx
        mov     $SYS_FUTEX, %eax
        syscall
        jmp     .L\name\()_return
        end_entry \name
        .endm

        record_entry record, 0
        recording record, RECORD_INTEGERS, RECORD_VECTORS, 16, RESULT_INTEGERS, RESULT_VECTORS, RECORD_STACK
        layout  record_result_x87, RECORDER_RESULTS + RESULT_X87

/*
 * record_win64: the same for callers of the x64 calling convention of Windows, see generic_win64.
 * The callee preserves rdi and rsi. Below the stack pointer no memory is promised there. But the
 * handler of a signal leaves 128 bytes, whatever it interrupts, because Linux follows the psABI.
 */
        record_entry record_win64, 1
        recording record_win64, WIN64_RECORD_INTEGERS, WIN64_RECORD_VECTORS, 16, WIN64_RECORD_RESULT_INTEGERS, WIN64_RECORD_RESULT_VECTORS, WIN64_RECORD_STACK

        recording_layout
/* The end of the process: see text-image.h. A system call changes rax, rcx and r11. */
#define SYS_MPROTECT    10
#define SYS_SCHED_YIELD 24

        index_entry exit_bound
        endbr64
        mov     CALL_ARGUMENT(%r10), %r10
        jmp     salto_entry_generic
        end_index_entry exit_bound

        index_entry exit_gate           /* edi: the id; rsi: the frame */
        endbr64
        mov     salto_index_header + EXIT_STATE(%rip), %rax
        mov     %edi, %ecx
        shr     $EXIT_SLOT_BITS, %ecx
        mov     EXIT_DIRECTORY(%rax, %rcx, WORD), %rax
        test    $1, %al
        jz      1f
        and     $(1 << EXIT_SLOT_BITS) - 1, %edi
        shr     $EXIT_ROW_BITS, %edi
        mov     -1(%rax, %rdi, WORD), %rax
1:      test    %rax, %rax
        jz      5f
        lea     EXIT_ANSWER_WORDS(%rax), %r8
        mov     EXIT_ANSWER_COUNT(%rax), %rcx
2:      dec     %rcx
        js      3f
        mov     (%r8), %rdx
        mov     WORD(%r8), %r9
        mov     %r9, (%rsi, %rdx)
        add     $2 * WORD, %r8
        jmp     2b
3:      mov     EXIT_ANSWER_MEMORY(%rax), %rcx
        test    %rcx, %rcx
        jz      4f
        mov     EXIT_ANSWER_POINTER(%rax), %rdx
        mov     (%rsi, %rdx), %rdi
        mov     EXIT_ANSWER_RESULT(%rax), %rdx
        mov     %rdi, (%rsi, %rdx)
        mov     %r8, %rsi
        rep     movsb
4:      mov     EXIT_ANSWER_TO_ENTRY(%rax), %rax
5:      ret
        end_index_entry exit_gate

        .macro  protect rights          /* rbx: the change */
        mov     EXIT_CHANGE_PAGES(%rbx), %rdi
        mov     EXIT_CHANGE_PAGES_SIZE(%rbx), %rsi
        mov     $\rights, %edx
        mov     $SYS_MPROTECT, %eax
        syscall
        .endm

        index_entry at_exit             /* rdi: the list */
        endbr64
        push    %rbx
        .cfi_def_cfa_offset 16
        .cfi_offset %rbx, -16
        push    %r12
        .cfi_def_cfa_offset 24
        .cfi_offset %r12, -24
        push    %r13
        .cfi_def_cfa_offset 32
        .cfi_offset %r13, -32
        mov     %rdi, %rbx
        mov     EXIT_LIST_STATE(%rbx), %r13
        mov     $1, %ecx
        xchg    %rcx, EXIT_ENDING(%r13) /* a full fence */
        mov     $EXIT_PATIENCE, %r12d
1:      cmpq    $0, EXIT_WRITERS(%r13)
        je      2f
        mov     $SYS_SCHED_YIELD, %eax
        syscall
        dec     %r12d
        jnz     1b
2:      mov     EXIT_LIST_COUNT(%rbx), %r12
        add     $EXIT_LIST_CHANGES, %rbx
3:      dec     %r12
        js      6f
        protect PROT_READ + PROT_WRITE
        test    %rax, %rax
        jnz     5f
        mov     EXIT_CHANGE_FIRST(%rbx), %rdi
        mov     EXIT_CHANGE_STEP(%rbx), %rdx
        mov     EXIT_CHANGE_COUNT(%rbx), %rcx
        mov     EXIT_CHANGE_VALUE(%rbx), %rax
4:      mov     %rax, (%rdi)
        add     %rdx, %rdi
        dec     %rcx
        jnz     4b
        protect PROT_READ
5:      add     $EXIT_CHANGE_SIZE, %rbx
        jmp     3b
6:      pop     %r13
        .cfi_def_cfa_offset 24
        .cfi_restore %r13
        pop     %r12
        .cfi_def_cfa_offset 16
        .cfi_restore %r12
        pop     %rbx
        .cfi_def_cfa_offset 8
        .cfi_restore %rbx
        ret
        end_index_entry at_exit

        exit_layout

        code_table
