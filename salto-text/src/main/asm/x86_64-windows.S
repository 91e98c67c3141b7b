/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text image for Windows on x86-64, Microsoft's "x64 calling convention".
 * clang: --target=x86_64-w64-windows-gnu
 * scratch register: r10
 *
 *   register            what it is here
 *   r10                 scratch register: the block's argument, for the code that a trampoline jumps to. It is
 *                       caller-saved and never an argument ("Caller/callee saved registers"). Control Flow Guard calls
 *                       through rax
 *   rcx rdx r8 r9       those of the first four arguments that are integers or pointers
 *   xmm0 to xmm3        the others of the first four ("Parameter passing")
 *   rax, xmm0           results ("Return values")
 *   r11                 free for entries: caller-saved, never an argument
 *
 * At a trampoline and at an entry the stack is as the caller's `call` left it. The return address
 * is at (%rsp), then come the 32 bytes of the callee's home space, then the stack arguments.
 *
 * Trampolines, and entries that only jump, are leaf functions and need no unwind information ("x64
 * exception handling"). Windows sets no shadow stack's landing pads, so there is no endbr64.
 */
#define WORD            8
#define TRAMPOLINE_SIZE 16
#define INDEX_TRAMPOLINE_SIZE 16
#define INDEX_CODE_SIZE 0x20000

#include "text-image.h"

#define HOME_SPACE      32

/* 16 bytes, as Control Flow Guard wants its targets. None lies in two cache lines. */
        .macro  trampoline block
1:      mov     BLOCK_ARGUMENT + \block(%rip), %r10     /* 7 bytes */
        jmp     *BLOCK_ENTRY + \block(%rip)             /* 6 bytes */
        .skip   TRAMPOLINE_SIZE - 13, 0xcc
        .endm

/* The upper half of r10 becomes zero. */
        .macro  index_trampoline index
        mov     $\index, %r10d                          /* 6 bytes */
        jmp     *salto_index_header + INDEX_HEADER_ENTRY(%rip) /* 6 bytes */
        .skip   INDEX_TRAMPOLINE_SIZE - 12, 0xcc
        .endm

        .section SECTION_ENTRIES

/*
 * append_gp<k>: the hidden argument becomes argument number k, behind the caller's own k arguments
 * of any kind.
 * bind_gp<k>: the same, with the argument and the target of the slot's call record. All other
 * registers and the stack stay as they are.
 */
        .macro  append_gp k, register
        entry   bind_gp\k
        mov     CALL_ARGUMENT(%r10), \register
        jmp     *CALL_TARGET(%r10)
        end_entry bind_gp\k
        index_entry append_gp\k
        mov     salto_index_header + INDEX_HEADER_BASE(%rip), \register
        add     %r10, \register
        jmp     *salto_index_header + INDEX_HEADER_GATE(%rip)
        end_index_entry append_gp\k
        .endm

        append_gp 0, %rcx
        append_gp 1, %rdx
        append_gp 2, %r8
        append_gp 3, %r9

/*
 * The frame of an entry that calls. Unwinders know its beginning, and the end that `leave_frame`
 * makes ("Prolog and epilog").
 */
        .macro  enter_frame entry
        .seh_proc salto_entry_\entry
        push    %rbp
        .seh_pushreg %rbp
        mov     %rsp, %rbp
        .seh_setframe %rbp, 0
        .seh_endprologue
        .endm

        .macro  leave_frame
        lea     0(%rbp), %rsp
        pop     %rbp
        ret
        .seh_endproc
        .endm

/*
 * append_stack, bind_stack: all four places are taken, so the appended argument goes on the stack,
 * behind the caller's own stack arguments. The last argument has the highest address. They must be
 * contiguous, so the entry copies the caller's into a new frame. It writes from the highest address
 * down, so that the stack grows page by page.
 */
        .macro  call_with_copied_stack  /* r11: the call; r10: the argument to append */
        mov     CALL_STACK_SIZE(%r11), %rax
        sub     %rax, %rsp
        sub     $HOME_SPACE + 8, %rsp
        and     $-16, %rsp
        mov     %r10, HOME_SPACE(%rsp, %rax)
1:      sub     $8, %rax
        js      2f
        mov     16 + HOME_SPACE(%rbp, %rax), %r10       /* above the saved rbp and the return address */
        mov     %r10, HOME_SPACE(%rsp, %rax)
        jmp     1b
2:      call    *CALL_TARGET(%r11)
        leave_frame
        .endm

        entry   bind_stack
        enter_frame bind_stack
        mov     %r10, %r11
        mov     CALL_ARGUMENT(%r11), %r10
        call_with_copied_stack
        end_entry bind_stack

        index_entry append_stack
        enter_frame append_stack
        lea     salto_index_header + INDEX_HEADER_CALL(%rip), %r11
        add     CALL_ARGUMENT(%r11), %r10
        call_with_copied_stack
        end_index_entry append_stack

/*
 * dead: the entry of a trampoline without a target. Returns zero in every register that can hold a
 * result.
 */
        entry   dead
        xor     %eax, %eax
        xorps   %xmm0, %xmm0
        ret
        end_entry dead

/*
 * generic: calls the universal gate, for any signature. It stores all argument registers in a
 * frame, calls the gate with the hidden argument and the frame's address, and loads all result
 * registers. The gate preserves the registers that a callee has to, but not the number of the last
 * error, which callers may still need.
 *
 * The frame lies at a fixed distance from the return address, and the stack below it is aligned.
 * The instructions that store and load the frame need no alignment.
 */
#define FRAME_INTEGERS          0                               /* rcx rdx r8 r9 */
#define FRAME_VECTORS           (FRAME_INTEGERS + 4 * 8)        /* xmm0 to xmm3 */
#define FRAME_RESULT_VECTORS    (FRAME_VECTORS + 4 * 16)        /* xmm0 */
#define FRAME_RESULT_INTEGERS   (FRAME_RESULT_VECTORS + 16)     /* rax */
#define FRAME_LAST_ERROR        (FRAME_RESULT_INTEGERS + 8)     /* what GetLastError returns */
#define FRAME_LEAVE_FUNCTION    (FRAME_RESULT_INTEGERS + 16)
#define FRAME_LEAVE_WORDS       (FRAME_LEAVE_FUNCTION + 8)      /* rcx rdx r8 r9 */
#define FRAME_SIZE              (FRAME_LEAVE_WORDS + 4 * 8 + 8)

/* The place of that number in the thread's environment block. */
#define LAST_ERROR              %gs:0x68

        index_entry generic
        enter_frame generic
        sub     $FRAME_SIZE, %rsp
        add     salto_index_header + INDEX_HEADER_BASE(%rip), %r10
        mov     %rcx, FRAME_INTEGERS + 0 * 8(%rsp)
        mov     %rdx, FRAME_INTEGERS + 1 * 8(%rsp)
        mov     %r8, FRAME_INTEGERS + 2 * 8(%rsp)
        mov     %r9, FRAME_INTEGERS + 3 * 8(%rsp)
        .irp    n, 0, 1, 2, 3
        movups  %xmm\n, FRAME_VECTORS + \n * 16(%rsp)
        .endr
        xorps   %xmm0, %xmm0
        movups  %xmm0, FRAME_RESULT_VECTORS(%rsp)
        movups  %xmm0, FRAME_RESULT_INTEGERS(%rsp)
        movq    $0, FRAME_LEAVE_FUNCTION(%rsp)
        mov     LAST_ERROR, %eax
        mov     %eax, FRAME_LAST_ERROR(%rsp)
        mov     %r10, %rcx
        mov     %rsp, %rdx
        and     $-16, %rsp
        sub     $HOME_SPACE, %rsp
        call    *salto_index_header + INDEX_HEADER_UNIVERSAL(%rip)
        mov     FRAME_LAST_ERROR - FRAME_SIZE(%rbp), %eax
        mov     %eax, LAST_ERROR
        mov     FRAME_LEAVE_FUNCTION - FRAME_SIZE(%rbp), %rax
        test    %rax, %rax
        jnz     1f
        mov     FRAME_RESULT_INTEGERS - FRAME_SIZE(%rbp), %rax
        movups  FRAME_RESULT_VECTORS - FRAME_SIZE(%rbp), %xmm0
        lea     0(%rbp), %rsp
        pop     %rbp
        ret
1:      mov     FRAME_LEAVE_WORDS + 0 * 8 - FRAME_SIZE(%rbp), %rcx
        mov     FRAME_LEAVE_WORDS + 1 * 8 - FRAME_SIZE(%rbp), %rdx
        mov     FRAME_LEAVE_WORDS + 2 * 8 - FRAME_SIZE(%rbp), %r8
        mov     FRAME_LEAVE_WORDS + 3 * 8 - FRAME_SIZE(%rbp), %r9
        lea     0(%rbp), %rsp
        pop     %rbp
        rex64 jmp *%rax                 /* the prefix tells unwinders that the frame is gone */
        .seh_endproc
        end_index_entry generic

        frame   generic, FRAME_INTEGERS, FRAME_VECTORS, 16, FRAME_RESULT_INTEGERS, FRAME_RESULT_VECTORS, FRAME_SIZE + 8, FRAME_SIZE + 16 + HOME_SPACE
        frame_of_caller generic, FRAME_LAST_ERROR, FRAME_LEAVE_FUNCTION, FRAME_LEAVE_WORDS, 4

        code_table
