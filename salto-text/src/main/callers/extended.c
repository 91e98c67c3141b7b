/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers with types that Java has no layout for, for tests. Arguments and
 * results are in memory that a test can read, because the test knows only the size of the types.
 * TYPE_a, TYPE_b and TYPE_c are values; each caller passes the first two, and stores the result.
 *
 * Built once without optimisation and once with it. No libc. Vectors travel as the calling
 * convention of Arm says only if the processor has any:
 * clang for arm: -march=armv7-a -mfpu=neon
 *
 * On Windows, long double is Microsoft's:
 * clang for x86_64-windows: -mlong-double-64
 */

#include "memory.h"

/* How a type is returned: as in GCC, if clang does it in another way. */
#define RETURNED(name)          name

#define CALLERS(name, type, a, b, c)                                                                                    \
        typedef type name;                                                                                              \
        struct name##_alone { name value; };                                                                            \
        name name##_a = a;                                                                                              \
        name name##_b = b;                                                                                              \
        name name##_c = c;                                                                                              \
        struct name##_alone name##_alone_a = { a };                                                                     \
        struct name##_alone name##_alone_c = { c };                                                                     \
        struct name##_and_int { name value; int more; };                                                                \
        struct name##_and_int name##_and_int_a = { a, 4 };                                                              \
        struct name##_and_int name##_and_int_c = { c, -5 };                                                             \
        struct __attribute__((packed)) name##_packed { char first; name value; };                                       \
        struct name##_packed name##_packed_a = { 3, a };                                                                \
        struct name##_packed name##_packed_c = { -4, c };                                                               \
                                                                                                                        \
        void name##_one(RETURNED(name) (*f)(name), RETURNED(name) *result)                                              \
        {                                                                                                               \
                *result = f(name##_a);                                                                                  \
        }                                                                                                               \
                                                                                                                        \
        void name##_between(RETURNED(name) (*f)(int, name, double, name, int), RETURNED(name) *result)                  \
        {                                                                                                               \
                *result = f(1, name##_a, 2.5, name##_b, -3);                                                            \
        }                                                                                                               \
                                                                                                                        \
        void name##_many(RETURNED(name) (*f)(name, name, name, name, name, name, name, name, name, name),               \
                         RETURNED(name) *result)                                                                        \
        {                                                                                                               \
                *result = f(name##_a, name##_b, name##_a, name##_b, name##_a, name##_b, name##_a, name##_b, name##_a,   \
                            name##_b);                                                                                  \
        }                                                                                                               \
                                                                                                                        \
        void name##_behind_longs(RETURNED(name) (*f)(long, long, long, long, long, name, long, name, long),             \
                                 RETURNED(name) *result)                                                                \
        {                                                                                                               \
                *result = f(1, -2, 3, -4, 5, name##_a, -6, name##_b, 7);                                                \
        }                                                                                                               \
                                                                                                                        \
        void name##_behind_nine_longs(RETURNED(name) (*f)(long, long, long, long, long, long, long, long, long,         \
                                                          name, long, name),                                            \
                                      RETURNED(name) *result)                                                           \
        {                                                                                                               \
                *result = f(1, -2, 3, -4, 5, -6, 7, -8, 9, name##_a, -10, name##_b);                                    \
        }                                                                                                               \
                                                                                                                        \
        void name##_behind_one_long(RETURNED(name) (*f)(long, name, long, name), RETURNED(name) *result)                \
        {                                                                                                               \
                *result = f(1, name##_a, -2, name##_b);                                                                 \
        }                                                                                                               \
                                                                                                                        \
        void name##_behind_doubles(RETURNED(name) (*f)(double, double, double, double, double, double, double,          \
                                                       name, double, name),                                             \
                                   RETURNED(name) *result)                                                              \
        {                                                                                                               \
                *result = f(1.5, -2.5, 3.5, -4.5, 5.5, -6.5, 7.5, name##_a, -8.5, name##_b);                            \
        }                                                                                                               \
                                                                                                                        \
        void name##_struct(struct name##_alone (*f)(struct name##_alone, int), struct name##_alone *result)             \
        {                                                                                                               \
                *result = f(name##_alone_a, 1);                                                                         \
        }                                                                                                               \
                                                                                                                        \
        void name##_larger_struct(struct name##_and_int (*f)(int, struct name##_and_int, int),                          \
                                  struct name##_and_int *result)                                                        \
        {                                                                                                               \
                *result = f(1, name##_and_int_a, -2);                                                                   \
        }                                                                                                               \
                                                                                                                        \
        void name##_packed_struct(struct name##_packed (*f)(int, struct name##_packed, int),                            \
                                  struct name##_packed *result)                                                         \
        {                                                                                                               \
                *result = f(1, name##_packed_a, -2);                                                                    \
        }                                                                                                               \
                                                                                                                        \
        void name##_variadic(RETURNED(name) (*f)(int, ...), RETURNED(name) *result)                                     \
        {                                                                                                               \
                *result = f(1, name##_a, 2.5, -3, name##_b, 4L);                                                        \
        }

#define COMPLEX(type, real, imaginary) ((_Complex type){ real, imaginary })

CALLERS(long_double, long double, 1.25L, -2.0e30L, 3.0625e-30L)
CALLERS(complex_float, _Complex float, COMPLEX(float, 1.5f, -2.5f), COMPLEX(float, 3.5f, 4.5f), COMPLEX(float, -5.5f, 6.5f))
CALLERS(complex_double, _Complex double, COMPLEX(double, 1.5, -2.5), COMPLEX(double, 3.5, 4.5), COMPLEX(double, -5.5, 6.5))
CALLERS(complex_long_double, _Complex long double, COMPLEX(long double, 1.5L, -2.5L), COMPLEX(long double, 3.5L, 4.5L),
        COMPLEX(long double, -5.5L, 6.5L))

#ifdef __SIZEOF_INT128__
#define WIDE(high, low) ((__int128) ((unsigned __int128) (high) << 64 | (low)))
CALLERS(int128, __int128, WIDE(0x0123456789abcdefLL, 0xfedcba9876543210ULL), WIDE(-5LL, 6), WIDE(7, 0x8000000000000000ULL))
#endif

/* On Windows, clang passes it in a register, and GCC by its address. */
#if (defined(__x86_64__) && !defined(_WIN32)) || defined(__powerpc64__)
CALLERS(float128, __float128, 1.25Q, -2.0e300Q, 3.0625e-300Q)
#endif

/* Vectors travel in registers of their own where the calling convention knows them. */
#if defined(__x86_64__) || defined(__aarch64__) || defined(__arm__)
typedef float two_floats_t __attribute__((vector_size(8)));
typedef float four_floats_t __attribute__((vector_size(16)));
typedef double two_doubles_t __attribute__((vector_size(16)));
typedef double one_double_t __attribute__((vector_size(8)));
typedef long long one_long_long_t __attribute__((vector_size(8)));
typedef short four_shorts_t __attribute__((vector_size(8)));
typedef int four_ints_t __attribute__((vector_size(16)));
#define LIST(...) { __VA_ARGS__ }
CALLERS(vector_four_floats, four_floats_t, LIST(1.5f, -2.5f, 3.5f, 4.5f), LIST(5.5f, 6.5f, 7.5f, 8.5f),
        LIST(-1.5f, -2.5f, -3.5f, -4.5f))
CALLERS(vector_two_doubles, two_doubles_t, LIST(1.5, -2.5), LIST(3.5, 4.5), LIST(-5.5, 6.5))
CALLERS(vector_four_ints, four_ints_t, LIST(1, -2, 3, -4), LIST(5, -6, 7, -8), LIST(-9, 10, -11, 12))
/* On Windows, clang passes smaller vectors in another way than GCC: conventions.c has those. */
#ifndef _WIN32
CALLERS(vector_two_floats, two_floats_t, LIST(1.5f, -2.5f), LIST(3.5f, 4.5f), LIST(-5.5f, 6.5f))
CALLERS(vector_four_shorts, four_shorts_t, LIST(1, -2, 3, -4), LIST(5, -6, 7, -8), LIST(-9, 10, -11, 12))
CALLERS(vector_one_long_long, one_long_long_t, LIST(-0x123456789abcdefLL), LIST(2), LIST(0x76543210fedcba98LL))
#ifdef __x86_64__
/* clang returns it in a register, if it is not in a struct. */
#undef RETURNED
#define RETURNED(name)          struct name##_alone
#endif
CALLERS(vector_one_double, one_double_t, LIST(1.5), LIST(-2.5), LIST(3.5))

/*
 * clang returns these in registers for floating-point numbers on Arm, if they are not in a struct.
 */
#undef RETURNED
#define RETURNED(name)          struct name##_alone
typedef char four_chars_t __attribute__((vector_size(4)));
typedef short two_shorts_t __attribute__((vector_size(4)));
CALLERS(vector_four_chars, four_chars_t, LIST(1, -2, 3, -4), LIST(5, -6, 7, -8), LIST(-9, 10, -11, 12))
CALLERS(vector_two_shorts, two_shorts_t, LIST(1, -2), LIST(300, -400), LIST(-5, 600))
#undef RETURNED
#define RETURNED(name)          name
#endif
#endif

#if (defined(__x86_64__) && !defined(_WIN32)) || defined(__aarch64__) || defined(__riscv)
CALLERS(float16, _Float16, 1.5f16, -2.25f16, 1000.0f16)
#endif

/* A narrow result is widened by its callee, or by its caller, as the calling convention says. */
#define WIDENED(name, type)                                                                                             \
        void widened_##name(type (*f)(void), long long *result)                                                         \
        {                                                                                                               \
                *result = f();                                                                                          \
        }

WIDENED(signed_char, signed char)
WIDENED(unsigned_char, unsigned char)
WIDENED(short, short)
WIDENED(unsigned_short, unsigned short)
WIDENED(int, int)
WIDENED(unsigned_int, unsigned int)
