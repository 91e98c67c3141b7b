/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers, for tests, demo and benchmarks: what a C library does to a callback, without the
 * library. No libc, no data.
 */

typedef int binary(int, int);

/* Calls each of `count` functions once with (a, index), and stores what it returned. */
void call_each(binary *const *functions, long count, int a, int *results)
{
        for (long i = 0; i < count; i++)
                results[i] = functions[i](a, (int) i);
}

/* Calls `count` functions in turn, `calls` times in all; the result of each call goes into the next. */
int call_in_turn(binary *const *functions, long count, long calls, int a)
{
        for (long i = 0, next = 0; i < calls; i++) {
                a = functions[next](a, (int) i);
                if (++next == count)
                        next = 0;
        }
        return a;
}

/* Calls one function `calls` times; the result of each call goes into the next. */
int call_repeatedly(binary *function, long calls, int a)
{
        for (long i = 0; i < calls; i++)
                a = function(a, (int) i);
        return a;
}

/* Something to call that is not Java. */
int add(int a, int b)
{
        return a + b;
}
