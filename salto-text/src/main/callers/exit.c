/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers while the process ends. All members of a result have the same value,
 * by which it is known. No libc, no data.
 */

struct pair {
        long long number;
        double fraction;
};

struct quad {
        float a, b, c, d;
};

struct large {
        long long numbers[5];
};

/*
 * Functions of several types, null where there is none, and the value that all return at the end.
 */
struct functions {
        int (*to_int)(int, int);
        long long (*to_long)(int, int, int, int, int, int, int, int, int);
        double (*to_double)(double, double, double, double, double, double, double, double, double);
        float (*to_float)(float);
        struct pair (*to_pair)(int);
        struct quad (*to_quad)(int);
        struct large (*to_large)(int, int);
        void (*to_nothing)(int);
        long long at_end;
};

struct work {
        long long count;
        volatile long long rounds;
        const struct functions *functions;
        void (*quit)(int);
};

enum { OTHER = -1, WHILE_ALIVE = 1, TYPES = 8, FIRST_CODE = 100 };

static int value_of(double a, double b, double c, double d)
{
        return a == b && b == c && c == d ? (int) a : OTHER;
}

static int value_of_numbers(const long long *numbers, int count)
{
        for (int i = 1; i < count; i++) {
                if (numbers[i] != numbers[0])
                        return OTHER;
        }
        return (int) numbers[0];
}

/* Calls one of the functions. */
static int call(const struct functions *functions, int type)
{
        switch (type) {
        case 0:
                return functions->to_int(1, 2);
        case 1:
                return (int) functions->to_long(1, 2, 3, 4, 5, 6, 7, 8, 9);
        case 2: {
                double a = functions->to_double(1, 2, 3, 4, 5, 6, 7, 8, 9);
                return value_of(a, a, a, a);
        }
        case 3: {
                float a = functions->to_float(1);
                return value_of(a, a, a, a);
        }
        case 4: {
                struct pair pair = functions->to_pair(1);
                int fraction = value_of(pair.fraction, pair.fraction, pair.fraction, pair.fraction);
                return pair.number == fraction ? fraction : OTHER;
        }
        case 5: {
                struct quad quad = functions->to_quad(1);
                return value_of(quad.a, quad.b, quad.c, quad.d);
        }
        case 6: {
                struct large large = functions->to_large(1, 2);
                return value_of_numbers(large.numbers, 5);
        }
        default:
                functions->to_nothing(1);
                return (int) functions->at_end;
        }
}

/* Calls all functions once; returns the number of the first wrong answer, or OTHER. */
static int call_all(struct work *work, int may_be_alive)
{
        for (int i = 0; i < work->count; i++) {
                const struct functions *functions = &work->functions[i];
                for (int type = 0; type < TYPES; type++) {
                        if (((void *const *) functions)[type] == 0)
                                continue;
                        int value = call(functions, type);
                        if (value != (int) functions->at_end && !(may_be_alive && value == WHILE_ALIVE))
                                return i * TYPES + type;
                }
        }
        work->rounds++;
        return OTHER;
}

/* Returns the number of the first wrong answer, or -1. */
int first_wrong(struct work *work)
{
        return call_all(work, 0);
}

/* For __cxa_atexit: all answers have to be those of the end. */
void call_at_exit(void *argument)
{
        struct work *work = argument;
        for (int i = 0; i < 1000; i++) {
                int wrong = call_all(work, 0);
                if (wrong != OTHER)
                        work->quit(FIRST_CODE + wrong);
        }
}

/* For pthread_create: calls until the process ends. */
void *call_for_ever(void *argument)
{
        struct work *work = argument;
        for (;;) {
                int wrong = call_all(work, 1);
                if (wrong != OTHER)
                        work->quit(FIRST_CODE + wrong);
        }
}
