/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers that read errno right after a call, and functions that answer in place of a function
 * pointer. No libc, no data.
 */

/* A number as large as a pointer. */
typedef __INTPTR_TYPE__ word;

/*
 * Sets errno to `first`, `first` + 1, ... Calls a function with each number, and stores what errno
 * is then.
 */
void errno_of_each(int *(*errno_location)(void), int (*function)(int), int first, int count, int *found)
{
        for (int i = 0; i < count; i++) {
                *errno_location() = first + i;
                function(first + i);
                found[i] = *errno_location();
        }
}

/* The same for one call. A signal comes before errno is read. */
int errno_after_signal(int *(*errno_location)(void), int (*function)(int), int number, int (*raise)(int), int signal)
{
        *errno_location() = number;
        function(number);
        raise(signal);
        return *errno_location();
}

/* Functions of so many words. Each word counts twice as much as the one before. */

word of_no_words(void)
{
        return 77;
}

word of_4_words(word a, word b, word c, word d)
{
        return a + 2 * b + 4 * c + 8 * d;
}

word of_6_words(word a, word b, word c, word d, word e, word f)
{
        return of_4_words(a, b, c, d) + 16 * e + 32 * f;
}

word of_8_words(word a, word b, word c, word d, word e, word f, word g, word h)
{
        return of_6_words(a, b, c, d, e, f) + 64 * g + 128 * h;
}

/* Adds up as many words as the first one says. */
word of_variadic_words(word count, ...)
{
        __builtin_va_list words;
        word sum = 0;
        __builtin_va_start(words, count);
        for (word i = 0; i < count; i++)
                sum += __builtin_va_arg(words, word);
        __builtin_va_end(words);
        return sum;
}

double half_of(word a)
{
        return (double) a / 2;
}

struct pair_of_words {
        word a, b;
};

struct pair_of_words in_order(word a, word b)
{
        return a < b ? (struct pair_of_words) { a, b } : (struct pair_of_words) { b, a };
}

#ifdef __x86_64__
__attribute__((ms_abi)) word of_4_words_of_windows(word a, word b, word c, word d)
{
        return of_4_words(a, b, c, d);
}

/* Calls a function of that convention with numbers, and adds up the results. */
word call_as_windows(__attribute__((ms_abi)) word (*function)(word), word calls)
{
        double kept = (double) calls;
        word sum = 0;
        for (word i = 0; i < calls; i++) {
                sum += function(i);
                kept += 0.5;
        }
        return sum + (word) (2 * (kept - (double) calls)) - calls;
}
#endif

/*
 * Calls a function with a word, which it may find on the stack. Returns -1 if the function has
 * written into the frame of this one.
 */
word call_with_word(word (*function)(word), word a)
{
        volatile word around[16];
        for (int i = 0; i < 16; i++)
                around[i] = i;
        word result = function(a);
        for (int i = 0; i < 16; i++) {
                if (around[i] != i)
                        return -1;
        }
        return result;
}

double call_for_double(double (*function)(word), word a)
{
        return function(a);
}

word call_for_pair(struct pair_of_words (*function)(word), word a)
{
        struct pair_of_words pair = function(a);
        return pair.a * 1000 + pair.b;
}

/* The address of a variable of this function's frame. */
word depth_of_stack(word a)
{
        volatile word here = a;
        return (word) &here - here + a;
}
