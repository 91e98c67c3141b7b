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

/* The same for functions of other types: more integers than registers, as many doubles, a struct by value. */

typedef long eight_ints(int, int, int, int, int, int, int, int);
typedef double eight_doubles(double, double, double, double, double, double, double, double);

struct pair {
        long number;
        double fraction;
};

typedef double mixed(int, struct pair, double);

long call_eight_ints(eight_ints *function, long calls)
{
        long sum = 0;
        for (long i = 0; i < calls; i++)
                sum += function((int) i, 2, 3, 4, 5, 6, 7, 8);
        return sum;
}

double call_eight_doubles(eight_doubles *function, long calls)
{
        double sum = 0;
        for (long i = 0; i < calls; i++)
                sum += function((double) i, 2, 3, 4, 5, 6, 7, 8);
        return sum;
}

double call_mixed(mixed *function, long calls)
{
        double sum = 0;
        for (long i = 0; i < calls; i++)
                sum += function((int) i, (struct pair) { i, 0.5 }, 2.0);
        return sum;
}

/* Adds what the context points to: a function that wants user data, for a caller that has none to give. */
int add_with_context(int a, int b, const int *context)
{
        return a + b + *context;
}

/* Something to call that is not Java. */
int add(int a, int b)
{
        return a + b;
}
