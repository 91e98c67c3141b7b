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
