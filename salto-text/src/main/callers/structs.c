/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers with every struct of one or two members, plain and packed, for
 * tests. Each gets a callback and a place for a result. It calls the callback with values that the
 * test finds in the variables here, and stores the result.
 *
 * Built once without optimisation and once with it. No libc: the compiler may still ask for memcpy
 * and memset.
 */

#include "memory.h"

typedef signed char byte;
typedef _Bool boolean;
typedef long long long_long;
typedef void *pointer;
typedef struct {
} none;

#define FIRST_byte              -17
#define FIRST_boolean           1
#define FIRST_short             -1801
#define FIRST_int               -1900001
#define FIRST_long_long         -2000000000001
#define FIRST_float             -21.5f
#define FIRST_double            -22.25
#define FIRST_pointer           (void *) 0x2300
#define FIRST_none              {}

#define SECOND_byte             24
#define SECOND_boolean          1
#define SECOND_short            2501
#define SECOND_int              2600001
#define SECOND_long_long        2700000000001
#define SECOND_float            28.5f
#define SECOND_double           29.25
#define SECOND_pointer          (void *) 0x3000
#define SECOND_none             {}

/* Arguments that leave one register of each kind free. */
#if defined(__x86_64__)
#define LEADING                 int, int, int, int, int, double, double, double, double, double, double, double
#define LEADING_VALUES          1, 2, 3, 4, 5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5
int leading_ints = 5, leading_doubles = 7;
#elif defined(__s390x__)
#define LEADING                 int, int, int, int, double, double, double
#define LEADING_VALUES          1, 2, 3, 4, 1.5, 2.5, 3.5
int leading_ints = 4, leading_doubles = 3;
#elif defined(__arm__)
#define LEADING                 int, int, int, double, double, double, double, double, double, double
#define LEADING_VALUES          1, 2, 3, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5
int leading_ints = 3, leading_doubles = 7;
#elif defined(__powerpc64__)
#define LEADING                 double, double, double, double, double, double, double, double, double, double, double, double
#define LEADING_VALUES          1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5
int leading_ints = 0, leading_doubles = 12;
#elif defined(__i386__)
#define LEADING                 int
#define LEADING_VALUES          1
int leading_ints = 1, leading_doubles = 0;
#else
#define LEADING                 int, int, int, int, int, int, int, double, double, double, double, double, double, double
#define LEADING_VALUES          1, 2, 3, 4, 5, 6, 7, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5
int leading_ints = 7, leading_doubles = 7;
#endif

/*
 * The struct alone, with a result of another type, as the result alone, between others, with one
 * free register of each kind, and with none.
 */
#define CALLERS(name)                                                                                                   \
        void name##_alone(struct name (*f)(struct name), struct name *result)                                           \
        {                                                                                                               \
                *result = f(name##_a);                                                                                  \
        }                                                                                                               \
                                                                                                                        \
        void name##_for_double(double (*f)(struct name), double *result)                                                \
        {                                                                                                               \
                *result = f(name##_a);                                                                                  \
        }                                                                                                               \
                                                                                                                        \
        void name##_returned(struct name (*f)(int, double), struct name *result)                                        \
        {                                                                                                               \
                *result = f(1, 2.5);                                                                                    \
        }                                                                                                               \
                                                                                                                        \
        void name##_between(int (*f)(int, struct name, double, struct name, int), int *result)                          \
        {                                                                                                               \
                *result = f(1, name##_a, 2.5, name##_b, -3);                                                            \
        }                                                                                                               \
                                                                                                                        \
        void name##_in_the_last_registers(int (*f)(LEADING, struct name, int, double), int *result)                     \
        {                                                                                                               \
                *result = f(LEADING_VALUES, name##_a, -3, -4.5);                                                        \
        }                                                                                                               \
                                                                                                                        \
        void name##_on_the_stack(double (*f)(LEADING, int, int, double, double, struct name, int, double),              \
                                 double *result)                                                                        \
        {                                                                                                               \
                *result = f(LEADING_VALUES, -1, -2, -1.5, -2.5, name##_a, -3, -4.5);                                    \
        }

#define ONE(prefix, attribute, type)                                                                                    \
        struct prefix##type {                                                                                           \
                type a;                                                                                                 \
        } attribute;                                                                                                    \
        struct prefix##type prefix##type##_a = { FIRST_##type };                                                        \
        struct prefix##type prefix##type##_b = { SECOND_##type };                                                       \
        CALLERS(prefix##type)

#define TWO(prefix, attribute, type, other)                                                                             \
        struct prefix##type##_##other {                                                                                 \
                type a;                                                                                                 \
                other b;                                                                                                \
        } attribute;                                                                                                    \
        struct prefix##type##_##other prefix##type##_##other##_a = { FIRST_##type, SECOND_##other };                    \
        struct prefix##type##_##other prefix##type##_##other##_b = { SECOND_##type, FIRST_##other };                    \
        CALLERS(prefix##type##_##other)

/* An array without elements behind a member. */
#define WITH_ARRAY(prefix, attribute, type, element)                                                                    \
        struct prefix##type##_array_##element {                                                                         \
                type a;                                                                                                 \
                element b[0];                                                                                           \
        } attribute;                                                                                                    \
        struct prefix##type##_array_##element prefix##type##_array_##element##_a = { .a = FIRST_##type };               \
        struct prefix##type##_array_##element prefix##type##_array_##element##_b = { .a = SECOND_##type };              \
        CALLERS(prefix##type##_array_##element)

#define WITH_EACH_ARRAY(prefix, attribute, type)                                                                        \
        WITH_ARRAY(prefix, attribute, type, byte)                                                                       \
        WITH_ARRAY(prefix, attribute, type, int)                                                                        \
        WITH_ARRAY(prefix, attribute, type, float)                                                                      \
        WITH_ARRAY(prefix, attribute, type, double)

#define WITH_EACH(prefix, attribute, type)                                                                              \
        ONE(prefix, attribute, type)                                                                                    \
        TWO(prefix, attribute, type, byte)                                                                              \
        TWO(prefix, attribute, type, boolean)                                                                           \
        TWO(prefix, attribute, type, short)                                                                             \
        TWO(prefix, attribute, type, int)                                                                               \
        TWO(prefix, attribute, type, long_long)                                                                         \
        TWO(prefix, attribute, type, float)                                                                             \
        TWO(prefix, attribute, type, double)                                                                            \
        TWO(prefix, attribute, type, pointer)                                                                           \
        TWO(prefix, attribute, type, none)

#define ALL(prefix, attribute)                                                                                          \
        WITH_EACH(prefix, attribute, byte)                                                                              \
        WITH_EACH(prefix, attribute, boolean)                                                                           \
        WITH_EACH(prefix, attribute, short)                                                                             \
        WITH_EACH(prefix, attribute, int)                                                                               \
        WITH_EACH(prefix, attribute, long_long)                                                                         \
        WITH_EACH(prefix, attribute, float)                                                                             \
        WITH_EACH(prefix, attribute, double)                                                                            \
        WITH_EACH(prefix, attribute, pointer)                                                                           \
        WITH_EACH(prefix, attribute, none)                                                                              \
        WITH_EACH_ARRAY(prefix, attribute, byte)                                                                        \
        WITH_EACH_ARRAY(prefix, attribute, int)                                                                         \
        WITH_EACH_ARRAY(prefix, attribute, float)                                                                       \
        WITH_EACH_ARRAY(prefix, attribute, double)

struct empty {
};
struct empty empty_a, empty_b;
CALLERS(empty)
ALL(plain_, )
ALL(packed_, __attribute__((packed)))
