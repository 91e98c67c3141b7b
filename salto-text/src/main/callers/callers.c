/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers, for tests, demo and benchmarks. They call like a C library, without
 * the library. No libc, no data.
 */

#ifdef _MSC_VER
/* Objects with floating-point numbers ask the linker for this symbol of Microsoft's C library. */
int _fltused;
#endif

typedef int binary(int, int);

/* Calls each of `count` functions once with (a, index), and stores the results. */
void call_each(binary *const *functions, long long count, int a, int *results)
{
        for (long long i = 0; i < count; i++)
                results[i] = functions[i](a, (int) i);
}

/*
 * Calls `count` functions in turn, `calls` times in all; the result of each call goes into the
 * next.
 */
int call_in_turn(binary *const *functions, long long count, long long calls, int a)
{
        for (long long i = 0, next = 0; i < calls; i++) {
                a = functions[next](a, (int) i);
                if (++next == count)
                        next = 0;
        }
        return a;
}

/* Calls one function `calls` times; the result of each call goes into the next. */
int call_repeatedly(binary *function, long long calls, int a)
{
        for (long long i = 0; i < calls; i++)
                a = function(a, (int) i);
        return a;
}

/*
 * The task of a thread: calls of `count` functions in turn, `calls` in all, each with (a, number of
 * the call). The functions can change meanwhile. `sum` adds up the results.
 */
struct calls {
        long long count;
        long long calls;
        long long a;
        long long sum;
        binary *const volatile *functions;
};

/* For pthread_create. */
void *call_in_thread(void *argument)
{
        struct calls *calls = argument;
        long long sum = 0;
        for (long long i = 0, next = 0; i < calls->calls; i++) {
                sum += calls->functions[next]((int) calls->a, (int) i);
                if (++next == calls->count)
                        next = 0;
        }
        calls->sum = sum;
        return 0;
}

/*
 * For dl_iterate_phdr, which holds a lock of the dynamic loader: makes the calls, and ends the
 * iteration.
 */
int call_in_iteration(void *library, __SIZE_TYPE__ size, void *argument)
{
        (void) library;
        (void) size;
        call_in_thread(argument);
        return 1;
}

/*
 * The same for functions of other types: more integers than registers, as many doubles, a struct by
 * value.
 */

typedef long long eight_ints(int, int, int, int, int, int, int, int);
typedef double eight_doubles(double, double, double, double, double, double, double, double);

struct pair {
        long long number;
        double fraction;
};

typedef double mixed(int, struct pair, double);

long long call_eight_ints(eight_ints *function, long long calls)
{
        long long sum = 0;
        for (long long i = 0; i < calls; i++)
                sum += function((int) i, 2, 3, 4, 5, 6, 7, 8);
        return sum;
}

double call_eight_doubles(eight_doubles *function, long long calls)
{
        double sum = 0;
        for (long long i = 0; i < calls; i++)
                sum += function((int) i, 2, 3, 4, 5, 6, 7, 8);
        return sum;
}

double call_mixed(mixed *function, long long calls)
{
        double sum = 0;
        for (long long i = 0; i < calls; i++)
                sum += function((int) i, (struct pair) { i, 0.5 }, 2.0);
        return sum;
}

/* Functions with results in several registers of each kind, and in memory. */

struct quad {
        float a, b, c, d;
};

struct mixture {
        double fraction;
        int number;
};

struct double_float {
        double fraction;
        float ratio;
};

struct float_double {
        float ratio;
        double fraction;
};

struct large {
        long long numbers[5];
};

double call_for_quad(struct quad (*function)(int), int a)
{
        struct quad quad = function(a);
        return quad.a + quad.b * 2 + quad.c * 4 + quad.d * 8;
}

double call_for_mixture(struct mixture (*function)(int), int a)
{
        struct mixture mixture = function(a);
        return mixture.fraction + mixture.number;
}

double call_for_double_float(struct double_float (*function)(int), int a)
{
        struct double_float result = function(a);
        return result.fraction + result.ratio;
}

double call_for_float_double(struct float_double (*function)(int), int a)
{
        struct float_double result = function(a);
        return result.fraction + result.ratio;
}

/* With arguments on the stack, too. */
long long call_for_large(struct large (*function)(int, long long, long long, long long, long long, long long, long long, long long, long long, long long), int a)
{
        struct large large = function(a, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        long long sum = 0;
        for (int i = 0; i < 5; i++)
                sum += large.numbers[i];
        return sum;
}

/* Calculate with results of functions. */

float add_to_float(float (*function)(void), float a)
{
        return function() + a;
}

double add_to_double(double (*function)(void), double a)
{
        return function() + a;
}

/* Adds the number behind the context: a function with user data, for a caller that has none. */
int add_with_context(int a, int b, const int *context)
{
        return a + b + *context;
}

/* Adds up `count` doubles, which are its first variadic arguments. */
double sum_of_doubles(long long count, ...)
{
        __builtin_va_list arguments;
        double sum = 0;
        __builtin_va_start(arguments, count);
        for (long long i = 0; i < count; i++)
                sum += __builtin_va_arg(arguments, double);
        __builtin_va_end(arguments);
        return sum;
}

/* A target that is not Java. */
int add(int a, int b)
{
        return a + b;
}

#ifdef SCRATCH_REGISTER
/*
 * Returns the word in the scratch register, whose name the build takes from the text image's
 * source. No code before that may use a register.
 */
void *data_of_this_call(void)
{
        register void *data __asm__(SCRATCH_REGISTER);
        __asm__ volatile("" : "=r"(data));
        return data;
}
#endif

/*
 * Returns the misalignment of a variable. The compiler assumes that the stack is aligned at a
 * call.
 */
long long misalignment_of_stack(void)
{
        __attribute__((aligned(__BIGGEST_ALIGNMENT__))) char aligned[__BIGGEST_ALIGNMENT__];
        char *address = aligned;
        __asm__ volatile("" : "+r"(address) : : "memory");
        return (long long) ((__UINTPTR_TYPE__) address % __BIGGEST_ALIGNMENT__);
}

/* Sets errno, whose address the first parameter returns, calls a function, and returns errno. */
int errno_after(int *(*errno_location)(void), int number, binary *function)
{
        *errno_location() = number;
        function(1, 2);
        return *errno_location();
}

#if defined(_WIN32) && defined(__x86_64__)
/*
 * Sets the number that GetLastError returns, calls a function, and returns that number afterwards.
 * It is in the thread's environment block.
 */
int last_error_after_call(binary *function, int error, int a)
{
        int found;
        __asm__ volatile("movl %0, %%gs:0x68" :: "r"(error) : "memory");
        function(a, a);
        __asm__ volatile("movl %%gs:0x68, %0" : "=r"(found) :: "memory");
        return found;
}

/* Functions of kernel32 for fibers. */
struct fibers {
        void *(*convert_thread)(void *argument);
        void *(*create)(long long stack_size, void (*start)(void *), void *argument);
        void (*switch_to)(void *fiber);
        void (*delete)(void *fiber);
        int (*convert_back)(void);
};

struct fiber_call {
        const struct fibers *fibers;
        void *caller;
        binary *function;
        int a;
        int result;
};

static void call_and_switch_back(void *argument)
{
        struct fiber_call *call = argument;
        for (;;) {
                call->result = call->function(call->a, call->a);
                call->fibers->switch_to(call->caller);
        }
}

/* Calls a function `calls` times on a fiber of its own, and adds the results. */
long long call_on_fiber(binary *function, int calls, int a, const struct fibers *fibers, long long stack_size)
{
        long long sum = 0;
        struct fiber_call call = {fibers, fibers->convert_thread(0), function, a, 0};
        void *fiber = fibers->create(stack_size, call_and_switch_back, &call);
        for (int i = 0; i < calls; i++) {
                fibers->switch_to(fiber);
                sum += call.result;
        }
        fibers->delete(fiber);
        fibers->convert_back();
        return sum;
}

/* The exceptions that a handler sees on one thread. */
struct exceptions {
        char *from, *to;        /* a range of code */
        long long in_range;     /* how many came from there */
        long long raised;       /* how many have the code below */
};

enum { RAISED = 0xe0005a17, CONTINUE_EXECUTION = -1, CONTINUE_SEARCH = 0 };

struct exception_record {
        unsigned code, flags;
        struct exception_record *earlier;
        char *address;
};

/*
 * A vectored handler. The thread's environment block has a word for applications, which points to
 * what it has seen.
 */
static int see_exception(struct exception_record **exception)
{
        struct exceptions *seen;
        __asm__ volatile("movq %%gs:0x28, %0" : "=r"(seen) :: "memory");
        if (!seen)
                return CONTINUE_SEARCH;
        if ((*exception)->code == RAISED) {
                seen->raised++;
                return CONTINUE_EXECUTION;
        }
        if ((*exception)->address >= seen->from && (*exception)->address < seen->to)
                seen->in_range++;
        return CONTINUE_SEARCH;
}

/* Calls a function while a vectored handler is the first one. */
int call_with_exception_handler(binary *function, int calls, int a, struct exceptions *seen,
                                void *(*add)(unsigned, int (*)(struct exception_record **)), unsigned (*remove)(void *))
{
        struct exceptions *before;
        __asm__ volatile("movq %%gs:0x28, %0" : "=r"(before) :: "memory");
        __asm__ volatile("movq %0, %%gs:0x28" :: "r"(seen) : "memory");
        void *handler = add(1, see_exception);
        int result = call_repeatedly(function, calls, a);
        remove(handler);
        __asm__ volatile("movq %0, %%gs:0x28" :: "r"(before) : "memory");
        return result;
}
#endif
