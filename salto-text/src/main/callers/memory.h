/* SPDX-License-Identifier: Apache-2.0 */
/* There is no libc here, but the compiler may still ask for these, to copy and to clear structs. */

__attribute__((visibility("hidden"), no_builtin)) void *memcpy(void *to, const void *from, __SIZE_TYPE__ size)
{
        for (__SIZE_TYPE__ i = 0; i < size; i++)
                ((char *) to)[i] = ((const char *) from)[i];
        return to;
}

__attribute__((visibility("hidden"), no_builtin)) void *memset(void *to, int value, __SIZE_TYPE__ size)
{
        for (__SIZE_TYPE__ i = 0; i < size; i++)
                ((char *) to)[i] = (char) value;
        return to;
}

#ifdef _WIN32
/*
 * Called by functions with large frames, with the frame's size in rax. It touches the stack page by
 * page, because the system maps one page behind the last. It preserves all registers.
 */
__asm__(".globl ___chkstk_ms\n"
        "___chkstk_ms:\n"
        "        push    %rcx\n"
        "        push    %rax\n"
        "        lea     24(%rsp), %rcx\n"
        "1:      cmp     $0x1000, %rax\n"
        "        jb      2f\n"
        "        sub     $0x1000, %rcx\n"
        "        orq     $0, (%rcx)\n"
        "        sub     $0x1000, %rax\n"
        "        jmp     1b\n"
        "2:      sub     %rax, %rcx\n"
        "        orq     $0, (%rcx)\n"
        "        pop     %rax\n"
        "        pop     %rcx\n"
        "        ret\n");
#endif
