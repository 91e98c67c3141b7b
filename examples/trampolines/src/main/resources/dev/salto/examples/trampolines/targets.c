/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native code of the examples with trampolines: targets, the code that they reach, and callers
 * of function pointers. It needs no library:
 *
 *     cc -O2 -fPIC -shared -nostdlib -o libtargets.so targets.c
 */

/*
 * ENTRY(name, function, n) defines the target of a trampoline. It finds the data in the scratch
 * register, and hands it to a C function as the nth integer argument, behind those of the caller.
 * Only this part is not C. The Javadoc of dev.salto.Trampoline lists the scratch registers.
 */
#define ENTRY(name, function, n) ENTRY_BY(name, function, PASS_DATA_AS_##n, JUMP)
#define ENTRY_BY(name, function, pass, jump) \
        __asm__(".text\n" \
                ".globl " #name "\n" \
                ".type " #name ", %function\n" \
                #name ":\n" \
                "       " pass "\n" \
                "       " jump " " #function "\n" \
                ".size " #name ", . - " #name)

#if defined __x86_64__
#define PASS_DATA_AS_1 "mov %r10, %rdi"
#define PASS_DATA_AS_3 "mov %r10, %rdx"
#define JUMP "jmp"
#elif defined __aarch64__
#define PASS_DATA_AS_1 "mov x0, x17"
#define PASS_DATA_AS_3 "mov x2, x17"
#define JUMP "b"
#elif defined __riscv
#define PASS_DATA_AS_1 "mv a0, t2"
#define PASS_DATA_AS_3 "mv a2, t2"
#define JUMP "tail"
#else
#error "add the two instructions of this architecture above"
#endif

/* Within this file, and reached by an entry. */
#define REACHED __attribute__((used, visibility("hidden")))

/* 1. A trampoline that hands data to a native function: a comparator that knows its column. */

struct column {
        long long index;
        long long direction; /* 1 or -1 */
};

REACHED int compare_with_column(const long long *a, const long long *b, const struct column *column)
{
        long long x = a[column->index], y = b[column->index];
        return (int) column->direction * ((x > y) - (x < y));
}

/* int compare_by_column(const void *a, const void *b): for qsort. */
ENTRY(compare_by_column, compare_with_column, 3);

/* 2. A marshaller: callers use one signature, and all calls reach a function of another. */

struct route {
        double (*function)(void *object, int count, const double *arguments);
        void *object;
};

REACHED int marshal_two_ints(int a, int b, const struct route *route)
{
        double arguments[] = { a, b };
        return (int) route->function(route->object, 2, arguments);
}

REACHED double marshal_double(const struct route *route, double a)
{
        return route->function(route->object, 1, &a);
}

/* int two_ints(int a, int b) and double one_double(double a). */
ENTRY(two_ints, marshal_two_ints, 3);
ENTRY(one_double, marshal_double, 1);

/* A runtime's only function for calls, for all signatures. */

struct sum {
        double total;
        long long calls;
};

double add_up(void *object, int count, const double *arguments)
{
        struct sum *sum = object;
        for (int i = 0; i < count; i++)
                sum->total += arguments[i];
        sum->calls++;
        return sum->total;
}

/* 3. Code plus data for a computation: the instructions of an expression are data. */

enum operation { END, X, NUMBER, ADD, SUBTRACT, MULTIPLY };

struct instruction {
        long long operation;
        double number;
};

REACHED double evaluate_program(const struct instruction *next, double x)
{
        double stack[16]; /* The Java code makes no program that needs more. */
        int top = -1;
        for (;; next++) {
                switch (next->operation) {
                case X:
                        stack[++top] = x;
                        break;
                case NUMBER:
                        stack[++top] = next->number;
                        break;
                case ADD:
                        top--;
                        stack[top] += stack[top + 1];
                        break;
                case SUBTRACT:
                        top--;
                        stack[top] -= stack[top + 1];
                        break;
                case MULTIPLY:
                        top--;
                        stack[top] *= stack[top + 1];
                        break;
                default:
                        return stack[top];
                }
        }
}

/* double evaluate(double x) */
ENTRY(evaluate, evaluate_program, 1);

/* Callers that know nothing of data. */

int call_with_ints(int (*function)(int, int), int a, int b)
{
        return function(a, b);
}

double call_with_double(double (*function)(double), double a)
{
        return function(a);
}

/* The integral, by the midpoints of so many steps. */
double integrate(double (*function)(double), double from, double to, int steps)
{
        double sum = 0, width = (to - from) / steps;
        for (int i = 0; i < steps; i++)
                sum += function(from + (i + 0.5) * width) * width;
        return sum;
}
