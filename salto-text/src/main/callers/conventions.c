/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers of other calling conventions than C's own, for tests. Each gets a
 * callback and a place for a result. It calls the callback with arguments that the test knows. It
 * stores the result, and the error of the stack pointer after the call, in bytes.
 *
 * Built once without optimisation and once with it. No libc: the compiler may still ask for memcpy
 * and memset.
 */

#include "memory.h"

struct stored {
        long long stack_off;
        long long unused;
        char value[256];
};

struct one_int { int a; };
struct one_float { float a; };
struct one_double { double a; };
struct two_ints { int a, b; };
struct two_shorts { short a, b; };
struct three_chars { char a[3]; };
struct mixture { int a; double b; int c; };

#if defined(__i386__) || defined(__x86_64__)

static inline __attribute__((always_inline)) char *stack_pointer(void)
{
        char *value;
#ifdef __i386__
        __asm__ volatile("mov %%esp, %0" : "=r"(value));
#else
        __asm__ volatile("mov %%rsp, %0" : "=r"(value));
#endif
        return value;
}

static volatile unsigned room = 16;

/*
 * The allocation makes the compiler use a frame pointer, so that a test survives a wrong stack
 * pointer and can report it.
 */
#define STORE(type, call)                                                                                               \
        do {                                                                                                            \
                *(volatile char *) __builtin_alloca(room) = 1;                                                            \
                char *before = stack_pointer();                                                                         \
                type returned = call;                                                                                   \
                result->stack_off = stack_pointer() - before;                                                           \
                *(type *) result->value = returned;                                                                     \
        } while (0)

#endif

#ifdef __i386__

#define OBJECT ((void *) 0x12345678)
#define CDECL __attribute__((cdecl))
#define STDCALL __attribute__((stdcall))
#define THISCALL __attribute__((thiscall))
#define FASTCALL __attribute__((fastcall))

static const struct mixture MIXTURE = { 1, -2.5, 3 };

/* The callers of every convention. The first argument is an address, as that of an object. */
#define CALLERS(name, convention)                                                                                       \
        void name##_nothing(void (convention *f)(void *), struct stored *result)                                        \
        {                                                                                                               \
                STORE(int, (f(OBJECT), 1));                                                                             \
        }                                                                                                               \
                                                                                                                        \
        void name##_ints(int (convention *f)(void *, int, int, int, int, int), struct stored *result)                   \
        {                                                                                                               \
                STORE(int, f(OBJECT, 1, -2, 3, -4, 5));                                                                 \
        }                                                                                                               \
                                                                                                                        \
        void name##_many(int (convention *f)(void *, int, int, int, int, int, int, int, int, int, int, int, int, int,  \
                                             int, int),                                                                 \
                         struct stored *result)                                                                         \
        {                                                                                                               \
                STORE(int, f(OBJECT, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));                               \
        }                                                                                                               \
                                                                                                                        \
        void name##_narrow(signed char (convention *f)(void *, signed char, unsigned short, _Bool, short),              \
                           struct stored *result)                                                                       \
        {                                                                                                               \
                STORE(signed char, f(OBJECT, -128, 65535, 1, -32768));                                                  \
        }                                                                                                               \
                                                                                                                        \
        void name##_floats(float (convention *f)(void *, float, double, float), struct stored *result)                  \
        {                                                                                                               \
                STORE(float, f(OBJECT, 1.5f, -2.5, 3.5f));                                                              \
        }                                                                                                               \
                                                                                                                        \
        void name##_doubles(double (convention *f)(void *, int, double, float, int), struct stored *result)             \
        {                                                                                                               \
                STORE(double, f(OBJECT, 1, 2.5, -3.5f, -4));                                                            \
        }                                                                                                               \
                                                                                                                        \
        void name##_long_double(long double (convention *f)(void *, long double, int), struct stored *result)           \
        {                                                                                                               \
                STORE(long double, f(OBJECT, 1.25L, 2));                                                                \
        }                                                                                                               \
                                                                                                                        \
        void name##_structs(int (convention *f)(void *, struct two_ints, struct three_chars, struct mixture, int),      \
                            struct stored *result)                                                                      \
        {                                                                                                               \
                STORE(int, f(OBJECT, (struct two_ints){ 1, -2 }, (struct three_chars){ { 3, -4, 5 } }, MIXTURE, 6));    \
        }                                                                                                               \
                                                                                                                        \
        void name##_complex_float(_Complex float (convention *f)(void *, int), struct stored *result)                   \
        {                                                                                                               \
                STORE(_Complex float, f(OBJECT, 1));                                                                    \
        }

#define LONG_LONGS(name, convention)                                                                                    \
        void name##_long_longs(long long (convention *f)(void *, long long, int, long long), struct stored *result)     \
        {                                                                                                               \
                STORE(long long, f(OBJECT, -0x123456789abcdefLL, 2, 0x76543210fedcba98LL));                             \
        }

#define RESULTS_IN_MEMORY(name, convention)                                                                             \
        void name##_one_int(struct one_int (convention *f)(void *, int), struct stored *result)                         \
        {                                                                                                               \
                STORE(struct one_int, f(OBJECT, 1));                                                                    \
        }                                                                                                               \
                                                                                                                        \
        void name##_two_ints(struct two_ints (convention *f)(void *, int), struct stored *result)                       \
        {                                                                                                               \
                STORE(struct two_ints, f(OBJECT, 1));                                                                   \
        }                                                                                                               \
                                                                                                                        \
        void name##_mixture(struct mixture (convention *f)(void *, int, int, int), struct stored *result)               \
        {                                                                                                               \
                STORE(struct mixture, f(OBJECT, 1, 2, 3));                                                              \
        }                                                                                                               \
                                                                                                                        \
        void name##_complex_double(_Complex double (convention *f)(void *, int), struct stored *result)                 \
        {                                                                                                               \
                STORE(_Complex double, f(OBJECT, 1));                                                                   \
        }

/* thiscall and fastcall as in GCC: in C, the address of such a result is the first argument. */
#define RESULTS_AT_FIRST_ARGUMENT(name, convention)                                                                     \
        void name##_one_int(struct one_int *(convention *f)(struct one_int *, void *, int), struct stored *result)      \
        {                                                                                                               \
                struct one_int value;                                                                                   \
                STORE(struct one_int, *f(&value, OBJECT, 1));                                                           \
        }                                                                                                               \
                                                                                                                        \
        void name##_two_ints(struct two_ints *(convention *f)(struct two_ints *, void *, int), struct stored *result)   \
        {                                                                                                               \
                struct two_ints value;                                                                                  \
                STORE(struct two_ints, *f(&value, OBJECT, 1));                                                          \
        }                                                                                                               \
                                                                                                                        \
        void name##_mixture(struct mixture *(convention *f)(struct mixture *, void *, int, int, int),                   \
                            struct stored *result)                                                                      \
        {                                                                                                               \
                struct mixture value;                                                                                   \
                STORE(struct mixture, *f(&value, OBJECT, 1, 2, 3));                                                     \
        }                                                                                                               \
                                                                                                                        \
        void name##_complex_double(_Complex double *(convention *f)(_Complex double *, void *, int),                    \
                                   struct stored *result)                                                               \
        {                                                                                                               \
                _Complex double value;                                                                                  \
                STORE(_Complex double, *f(&value, OBJECT, 1));                                                          \
        }

CALLERS(sysv, CDECL)
LONG_LONGS(sysv, CDECL)
RESULTS_IN_MEMORY(sysv, CDECL)
CALLERS(stdcall, STDCALL)
LONG_LONGS(stdcall, STDCALL)
RESULTS_IN_MEMORY(stdcall, STDCALL)
CALLERS(thiscall, THISCALL)
LONG_LONGS(thiscall, THISCALL)
RESULTS_AT_FIRST_ARGUMENT(thiscall, THISCALL)
CALLERS(fastcall, FASTCALL)
LONG_LONGS(fastcall, THISCALL) /* a long long takes edx */
RESULTS_AT_FIRST_ARGUMENT(fastcall, FASTCALL)

void sysv_variadic(int (*f)(int, ...), struct stored *result)
{
        STORE(int, f(1, 2.5, -3, 4LL));
}

void stdcall_without_arguments(double (STDCALL *f)(void), struct stored *result)
{
        STORE(double, f());
}

void thiscall_float_first(int (THISCALL *f)(float, int, int), struct stored *result)
{
        STORE(int, f(1.5f, 2, -3));
}

void thiscall_long_long_first(int (STDCALL *f)(long long, void *), struct stored *result)
{
        STORE(int, f(-1, OBJECT));
}

void thiscall_struct_first(int (STDCALL *f)(struct one_int, void *), struct stored *result)
{
        STORE(int, f((struct one_int){ 1 }, OBJECT));
}

/* GCC's fastcall, spelled out in C: arguments on the stack, and arguments in ecx or edx. */

void fastcall_long_long_first(int (STDCALL *f)(long long, int, int, int), struct stored *result)
{
        STORE(int, f(-1, 2, -3, 4));
}

void fastcall_long_long_second(int (THISCALL *f)(int, long long, int, int), struct stored *result)
{
        STORE(int, f(1, -2, 3, -4));
}

void fastcall_floats_first(int (FASTCALL *f)(float, int, double, int, int), struct stored *result)
{
        STORE(int, f(1.5f, 2, 3.5, -4, 5));
}

void fastcall_struct_of_int_first(int (FASTCALL *f)(struct one_int, int, int, int), struct stored *result)
{
        STORE(int, f((struct one_int){ 1 }, 2, -3, 4));
}

void fastcall_struct_of_float_first(int (FASTCALL *f)(struct one_float, int, int, int), struct stored *result)
{
        STORE(int, f((struct one_float){ 1.5f }, 2, -3, 4));
}

void fastcall_struct_of_shorts_first(int (FASTCALL *f)(int, int, struct two_shorts, int, int), struct stored *result)
{
        STORE(int, f(-1, 3, (struct two_shorts){ 1, -2 }, -4, 5));
}

void fastcall_union_of_float_first(int (FASTCALL *f)(int, int, float, int, int), struct stored *result)
{
        STORE(int, f(-1, 3, 1.5f, -4, 5));
}

void fastcall_complex_float_first(int (FASTCALL *f)(int, int, _Complex float, int), struct stored *result)
{
        _Complex float number = { 1.5f, -2.5f };
        STORE(int, f(3, -4, number, 5));
}

void fastcall_struct_of_ints_first(int (FASTCALL *f)(struct two_ints, int, int, int), struct stored *result)
{
        STORE(int, f((struct two_ints){ 1, -2 }, 3, -4, 5));
}

void fastcall_large_struct_second(int (FASTCALL *f)(int, struct mixture, int, int), struct stored *result)
{
        STORE(int, f(4, MIXTURE, 5, -6));
}

/*
 * Calls f with a stack pointer that many bytes off a multiple of 16. The arguments are pushed, and
 * edi gets the value of esp that the callee has to leave.
 */
#define SKEWED_CALL(bytes, arguments)                                                                           \
        int value, off;                                                                                         \
        __asm__ volatile("mov %%esp, %%esi\n\t"                                                                 \
                         "and $-16, %%esp\n\t"                                                                  \
                         "sub $" #bytes ", %%esp\n\t"                                                           \
                         arguments                                                                              \
                         "call *%%eax\n\t"                                                                      \
                         "sub %%esp, %%edi\n\t"                                                                 \
                         "mov %%esi, %%esp"                                                                     \
                         : "=a"(value), "=D"(off)                                                               \
                         : "a"(f)                                                                               \
                         : "ecx", "edx", "esi", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", \
                           "xmm6", "xmm7");                                                                     \
        result->stack_off = off;                                                                                \
        *(int *) result->value = value

/*
 * Code for Windows keeps the stack at a multiple of 4, and so does code that was compiled with
 * -mpreferred-stack-boundary=2.
 */
#define SKEWED(bytes)                                                                                           \
        void stdcall_skewed_##bytes(int (STDCALL *f)(int, int), struct stored *result)                          \
        {                                                                                                       \
                SKEWED_CALL(bytes, "mov %%esp, %%edi\n\t"                                                       \
                                    "push $-2\n\t"                                                              \
                                    "push $1\n\t");                                                             \
        }                                                                                                       \
                                                                                                                \
        void sysv_skewed_##bytes(int (*f)(int, int, int, int, int, int, int, int), struct stored *result)       \
        {                                                                                                       \
                SKEWED_CALL(bytes, "push $-8\n\t"                                                               \
                                    "push $7\n\t"                                                               \
                                    "push $-6\n\t"                                                              \
                                    "push $5\n\t"                                                               \
                                    "push $-4\n\t"                                                              \
                                    "push $3\n\t"                                                               \
                                    "push $-2\n\t"                                                              \
                                    "push $1\n\t"                                                               \
                                    "mov %%esp, %%edi\n\t");                                                    \
        }

SKEWED(0)
SKEWED(4)
SKEWED(8)
SKEWED(12)

/* cdecl as on Windows, with its struct results spelled out in C. */

void ms_cdecl_ints(int (*f)(int, int), struct stored *result)
{
        STORE(int, f(1, -2));
}

void ms_cdecl_three_dots(double (*f)(int, ...), struct stored *result)
{
        STORE(double, f(1, 2.5, -3));
}

void ms_cdecl_one_int(int (*f)(int), struct stored *result)
{
        STORE(int, f(1));
}

void ms_cdecl_two_shorts(int (*f)(int), struct stored *result)
{
        STORE(int, f(1));
}

void ms_cdecl_one_float(int (*f)(int), struct stored *result)
{
        STORE(int, f(1));
}

void ms_cdecl_two_ints(long long (*f)(int), struct stored *result)
{
        STORE(long long, f(1));
}

void ms_cdecl_three_chars(struct three_chars *(*f)(struct three_chars *, int), struct stored *result)
{
        struct three_chars value;
        STORE(struct three_chars, *f(&value, 1));
}

void ms_cdecl_mixture(struct mixture *(*f)(struct mixture *, int, struct mixture), struct stored *result)
{
        struct mixture value;
        STORE(struct mixture, *f(&value, 1, MIXTURE));
}

/*
 * pascal is stdcall with the arguments in the opposite order. The address of a result comes last,
 * so it is first in C.
 */

void pascal_nothing(void (STDCALL *f)(void), struct stored *result)
{
        STORE(int, (f(), 1));
}

void pascal_ints(int (STDCALL *f)(int, int, int, int), struct stored *result)
{
        STORE(int, f(-4, 3, -2, 1));
}

void pascal_mixed(double (STDCALL *f)(signed char, long long, float, double, int), struct stored *result)
{
        STORE(double, f(-5, 4, -3.5f, 2.5, 1));
}

void pascal_structs(int (STDCALL *f)(int, struct mixture, struct three_chars, struct two_ints), struct stored *result)
{
        STORE(int, f(6, MIXTURE, (struct three_chars){ { 3, -4, 5 } }, (struct two_ints){ 1, -2 }));
}

void pascal_one_int(int (STDCALL *f)(int, int), struct stored *result)
{
        STORE(int, f(-2, 1));
}

void pascal_two_ints(void (STDCALL *f)(struct two_ints *, int, int), struct stored *result)
{
        struct two_ints value;
        STORE(struct two_ints, (f(&value, -2, 1), value));
}

/* register: with these attributes, clang uses the same three registers in the same order. */
#define REGISTER __attribute__((stdcall, regparm(3)))

void register_one_int(int (REGISTER *f)(int), struct stored *result)
{
        STORE(int, f(1));
}

void register_ints(int (REGISTER *f)(int, int, int, int, int, int), struct stored *result)
{
        STORE(int, f(1, -2, 3, -6, 5, -4));
}

/* (double, int, float, short, long long, void *, int, signed char) */
void register_mixed(double (REGISTER *f)(int, short, void *, signed char, int, long long, float, double),
                    struct stored *result)
{
        STORE(double, f(2, -4, OBJECT, -8, 7, 5, -3.5f, 1.5));
}

void register_double(double (REGISTER *f)(double), struct stored *result)
{
        STORE(double, f(1.5));
}

void register_two_ints(void (REGISTER *f)(int, struct two_ints *), struct stored *result)
{
        struct two_ints value;
        STORE(struct two_ints, (f(1, &value), value));
}

void register_mixture(void (REGISTER *f)(int, int, int, struct mixture *, int), struct stored *result)
{
        struct mixture value;
        STORE(struct mixture, (f(1, -2, 3, &value, -4), value));
}

#endif

#ifdef __x86_64__

#define MS __attribute__((ms_abi))

void win64_nothing(void (MS *f)(void), struct stored *result)
{
        STORE(int, (f(), 1));
}

void win64_ints(int (MS *f)(int, int, int, int, int, int, int), struct stored *result)
{
        STORE(int, f(1, -2, 3, -4, 5, -6, 7));
}

void win64_long_longs(long long (MS *f)(long long, void *, long long, long long, long long), struct stored *result)
{
        STORE(long long, f(-0x123456789abcdefLL, (void *) 0x12345678, 3, -4, 0x76543210fedcba98LL));
}

void win64_narrow(signed char (MS *f)(signed char, unsigned short, _Bool, short, signed char, unsigned short),
                  struct stored *result)
{
        STORE(signed char, f(-128, 65535, 1, -32768, -5, 65534));
}

void win64_doubles(double (MS *f)(double, double, double, double, double, double), struct stored *result)
{
        STORE(double, f(1.5, -2.5, 3.5, -4.5, 5.5, -6.5));
}

void win64_floats(float (MS *f)(float, float, float, float, float, float), struct stored *result)
{
        STORE(float, f(1.5f, -2.5f, 3.5f, -4.5f, 5.5f, -6.5f));
}

void win64_mixed(double (MS *f)(int, double, long long, float, double, int, float, signed char), struct stored *result)
{
        STORE(double, f(1, 2.5, -3, 4.5f, -5.5, 6, -7.5f, -8));
}

void win64_mixed_the_other_way(int (MS *f)(double, int, float, long long, int, double), struct stored *result)
{
        STORE(int, f(1.5, -2, 3.5f, 4, -5, 6.5));
}

void win64_variadic(int (MS *f)(int, ...), struct stored *result)
{
        STORE(int, f(1, 2.5, -3, 4.5, 5LL, 6.5));
}

void win64_one_float(struct one_float (MS *f)(struct one_float, float, struct one_float), struct stored *result)
{
        STORE(struct one_float, f((struct one_float){ 1.5f }, 2.5f, (struct one_float){ -3.5f }));
}

void win64_one_double(struct one_double (MS *f)(int, struct one_double, double), struct stored *result)
{
        STORE(struct one_double, f(1, (struct one_double){ 2.5 }, -3.5));
}

void win64_two_ints(struct two_ints (MS *f)(struct two_ints, int), struct stored *result)
{
        STORE(struct two_ints, f((struct two_ints){ 1, -2 }, 3));
}

/* Passed in a register, beside others, and on the stack; and returned. */
#define CHARS(size)                                                                                                     \
        struct chars_##size { char a[size]; };                                                                          \
                                                                                                                        \
        void win64_chars_##size(struct chars_##size (MS *f)(int, struct chars_##size, double, struct chars_##size,      \
                                                            struct chars_##size, int),                                  \
                                struct stored *result)                                                                  \
        {                                                                                                               \
                struct chars_##size a, b, c;                                                                            \
                for (int i = 0; i < size; i++) {                                                                        \
                        a.a[i] = i + 1;                                                                                 \
                        b.a[i] = i + 31;                                                                                \
                        c.a[i] = i + 61;                                                                                \
                }                                                                                                       \
                STORE(struct chars_##size, f(1, a, 2.5, b, c, -3));                                                     \
        }

CHARS(1)
CHARS(2)
CHARS(3)
CHARS(4)
CHARS(5)
CHARS(6)
CHARS(7)
CHARS(8)
CHARS(9)
CHARS(12)
CHARS(16)
CHARS(24)

__int128 int128_a = (__int128) 0x0123456789abcdefLL << 64 | 0xfedcba9876543210ULL;
__int128 int128_b = -5;
__int128 int128_c = (__int128) ((unsigned __int128) -6 << 64 | 7);

void win64_int128(__int128 (MS *f)(int, __int128, double, __int128, __int128), struct stored *result)
{
        STORE(__int128, f(1, int128_a, 2.5, int128_b, int128_a));
}

typedef float four_floats __attribute__((vector_size(16)));

four_floats vector_a = { 1.5f, -2.5f, 3.5f, -4.5f };
four_floats vector_b = { 5.5f, 6.5f, 7.5f, 8.5f };
four_floats vector_c = { -1.5f, -2.5f, -3.5f, -4.5f };

void win64_vector(four_floats (MS *f)(int, four_floats, double, four_floats, four_floats), struct stored *result)
{
        STORE(four_floats, f(1, vector_a, 2.5, vector_b, vector_a));
}

/*
 * Vectors of 8 bytes as in GCC: they are integers in C, and one of a double is passed by
 * reference.
 */
static long long two_floats(float a, float b)
{
        union {
                float numbers[2];
                long long bits;
        } both = { { a, b } };
        return both.bits;
}

void win64_two_floats(long long (MS *f)(int, long long, double, long long, long long), struct stored *result)
{
        STORE(long long, f(1, two_floats(1.5f, -2.5f), 2.5, two_floats(5.5f, 6.5f), two_floats(1.5f, -2.5f)));
}

void win64_vector_of_one_double(long long (MS *f)(int, double *, double, double *, double *), struct stored *result)
{
        double a = 1.5, b = -5.5;
        STORE(long long, f(1, &a, 2.5, &b, &a));
}

_Complex float complex_float_a = (_Complex float){ 1.5f, -2.5f };
_Complex float complex_float_b = (_Complex float){ 3.5f, 4.5f };
_Complex float complex_float_c = (_Complex float){ -5.5f, 6.5f };

void win64_complex_float(_Complex float (MS *f)(int, _Complex float, double, _Complex float, _Complex float),
                         struct stored *result)
{
        STORE(_Complex float, f(1, complex_float_a, 2.5, complex_float_b, complex_float_a));
}

_Complex double complex_double_a = (_Complex double){ 1.5, -2.5 };
_Complex double complex_double_b = (_Complex double){ 3.5, 4.5 };
_Complex double complex_double_c = (_Complex double){ -5.5, 6.5 };

void win64_complex_double(_Complex double (MS *f)(int, _Complex double, double, _Complex double, _Complex double),
                          struct stored *result)
{
        STORE(_Complex double, f(1, complex_double_a, 2.5, complex_double_b, complex_double_a));
}

/* As in GCC for Windows: passed by reference in C. */
long double long_double_a = 1.25L;
long double long_double_b = -2.0e30L;
long double long_double_c = 3.0625e-30L;

void gnuw64_long_double(long double *(MS *f)(long double *, int, long double *, double, long double *, long double *),
                        struct stored *result)
{
        long double value;
        STORE(long double, *f(&value, 1, &long_double_a, 2.5, &long_double_b, &long_double_a));
}

/*
 * Callers in assembly, and those that were compiled with -mpreferred-stack-boundary=3, have any
 * multiple of 8 in the stack pointer. Arguments are in registers and on the stack: edi, or ecx, has
 * 1, and the last pushed one is the first on the stack.
 */
#define SKEWED_CALL(bytes, registers_and_stack)                                                                         \
        long long value, off;                                                                                           \
        __asm__ volatile("mov %%rsp, %%r12\n\t"                                                                         \
                         "sub $128, %%rsp\n\t" /* the red zone */                                                       \
                         "and $-16, %%rsp\n\t"                                                                          \
                         "sub $" #bytes ", %%rsp\n\t" registers_and_stack "mov %%rsp, %%r13\n\t"                        \
                         "call *%%rax\n\t"                                                                              \
                         "sub %%rsp, %%r13\n\t"                                                                         \
                         "mov %%r13, %%rbx\n\t"                                                                         \
                         "mov %%r12, %%rsp"                                                                             \
                         : "=a"(value), "=b"(off)                                                                       \
                         : "a"(f)                                                                                       \
                         : "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "memory", "cc", "xmm0",  \
                           "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",    \
                           "xmm12", "xmm13", "xmm14", "xmm15");                                                         \
        result->stack_off = off;                                                                                        \
        *(int *) result->value = (int) value

#define SKEWED(bytes)                                                                                                   \
        void sysv_skewed_##bytes(int (*f)(int, int, int, int, int, int, int, int), struct stored *result)               \
        {                                                                                                               \
                SKEWED_CALL(bytes,                                                                                      \
                            "push $-8\n\tpush $7\n\tmov $1, %%edi\n\tmov $-2, %%esi\n\tmov $3, %%edx\n\t"                \
                            "mov $-4, %%ecx\n\tmov $5, %%r8d\n\tmov $-6, %%r9d\n\t");                                   \
        }                                                                                                               \
                                                                                                                        \
        void win64_skewed_##bytes(int (MS *f)(int, int, int, int, int, int, int, int), struct stored *result)           \
        {                                                                                                               \
                SKEWED_CALL(bytes,                                                                                      \
                            "push $-8\n\tpush $7\n\tpush $-6\n\tpush $5\n\tsub $32, %%rsp\n\tmov $1, %%ecx\n\t"           \
                            "mov $-2, %%edx\n\tmov $3, %%r8d\n\tmov $-4, %%r9d\n\t");                                  \
        }

SKEWED(0)
SKEWED(8)

/*
 * Calls with known values in all registers that a callee preserves on Windows, but not on Linux.
 * Stores the number of bytes that differ.
 */
void win64_kept_registers(int (MS *f)(int), struct stored *result)
{
        struct registers {
                char vectors[10][16];
                long long rdi, rsi;
        } before, after;
        for (unsigned i = 0; i < sizeof before; i++)
                ((char *) &before)[i] = (char) (3 * i + 1);
        memset(&after, 0, sizeof after);
        register struct registers *to __asm__("r12") = &after;
        register int (MS *function)(int) __asm__("r13") = f;
        __asm__ volatile("mov %%rsp, %%r14\n\t"
                         "and $-16, %%rsp\n\t"
                         "sub $32, %%rsp\n\t"
                         "movups 0(%%rbx), %%xmm6\n\t"
                         "movups 16(%%rbx), %%xmm7\n\t"
                         "movups 32(%%rbx), %%xmm8\n\t"
                         "movups 48(%%rbx), %%xmm9\n\t"
                         "movups 64(%%rbx), %%xmm10\n\t"
                         "movups 80(%%rbx), %%xmm11\n\t"
                         "movups 96(%%rbx), %%xmm12\n\t"
                         "movups 112(%%rbx), %%xmm13\n\t"
                         "movups 128(%%rbx), %%xmm14\n\t"
                         "movups 144(%%rbx), %%xmm15\n\t"
                         "mov 160(%%rbx), %%rdi\n\t"
                         "mov 168(%%rbx), %%rsi\n\t"
                         "mov $7, %%ecx\n\t"
                         "call *%%r13\n\t"
                         "movups %%xmm6, 0(%%r12)\n\t"
                         "movups %%xmm7, 16(%%r12)\n\t"
                         "movups %%xmm8, 32(%%r12)\n\t"
                         "movups %%xmm9, 48(%%r12)\n\t"
                         "movups %%xmm10, 64(%%r12)\n\t"
                         "movups %%xmm11, 80(%%r12)\n\t"
                         "movups %%xmm12, 96(%%r12)\n\t"
                         "movups %%xmm13, 112(%%r12)\n\t"
                         "movups %%xmm14, 128(%%r12)\n\t"
                         "movups %%xmm15, 144(%%r12)\n\t"
                         "mov %%rdi, 160(%%r12)\n\t"
                         "mov %%rsi, 168(%%r12)\n\t"
                         "mov %%r14, %%rsp"
                         :
                         : "b"(&before), "r"(to), "r"(function)
                         : "rax", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "r14", "xmm0", "xmm1", "xmm2",
                           "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                           "xmm14", "xmm15", "memory", "cc");
        int differing = 0;
        for (unsigned i = 0; i < sizeof before; i++)
                differing += ((char *) &before)[i] != ((char *) &after)[i];
        result->stack_off = 0;
        *(int *) result->value = differing;
}

#endif
