/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers of the two calling conventions of 32-bit Arm, for tests. base_ is
 * the base standard, vfp_ the one with floating-point registers. The test knows the arguments. The
 * file is empty for other architectures.
 *
 * Built once without optimisation and once with it. No libc. Vectors travel as the standards say
 * only if the processor has any:
 * clang for arm: -march=armv7-a -mfpu=neon
 */
#ifdef __arm__

typedef int four_ints_t __attribute__((vector_size(16)));
typedef float two_floats_t __attribute__((vector_size(8)));

struct one_float {
        float x;
};

struct floats {
        float x, y, z;
};

struct doubles {
        double x, y;
};

#define CALLERS(name, convention)                                                                                       \
        void name##_numbers(convention double (*f)(float, double, int, long long, float, double), double *result)       \
        {                                                                                                               \
                *result = f(1.5f, -2.5, 3, -4, 5.5f, -6.5);                                                             \
        }                                                                                                               \
                                                                                                                        \
        void name##_floats(convention float (*f)(float, float, float, float, float, float), float *result)              \
        {                                                                                                               \
                *result = f(1.5f, -2.5f, 3.5f, -4.5f, 5.5f, -6.5f);                                                     \
        }                                                                                                               \
                                                                                                                        \
        void name##_long(convention long long (*f)(float, int, long long), long long *result)                           \
        {                                                                                                               \
                *result = f(1.5f, -2, 3);                                                                               \
        }                                                                                                               \
                                                                                                                        \
        void name##_structs(convention struct doubles (*f)(int, struct doubles, struct floats, float),                  \
                            struct doubles *result)                                                                     \
        {                                                                                                               \
                *result = f(1, (struct doubles){ 2.5, -3.5 }, (struct floats){ 4.5f, -5.5f, 6.5f }, -7.5f);             \
        }                                                                                                               \
                                                                                                                        \
        void name##_split_struct(convention struct floats (*f)(int, struct floats, float), struct floats *result)       \
        {                                                                                                               \
                *result = f(1, (struct floats){ 2.5f, -3.5f, 4.5f }, -5.5f);                                            \
        }                                                                                                               \
                                                                                                                        \
        void name##_small_struct(convention struct one_float (*f)(struct one_float), struct one_float *result)          \
        {                                                                                                               \
                *result = f((struct one_float){ 1.5f });                                                                \
        }                                                                                                               \
                                                                                                                        \
        void name##_complex(convention _Complex double (*f)(_Complex float, int, _Complex double),                      \
                            _Complex double *result)                                                                    \
        {                                                                                                               \
                *result = f((_Complex float){ 1.5f, -2.5f }, 3, (_Complex double){ -4.5, 5.5 });                        \
        }                                                                                                               \
                                                                                                                        \
        void name##_vectors(convention four_ints_t (*f)(float, int, two_floats_t, int, four_ints_t, float),             \
                            four_ints_t *result)                                                                        \
        {                                                                                                               \
                *result = f(1.5f, 2, (two_floats_t){ 3.5f, -4.5f }, 5, (four_ints_t){ 6, -7, 8, -9 }, 10.5f);           \
        }                                                                                                               \
                                                                                                                        \
        void name##_short_vector(convention two_floats_t (*f)(two_floats_t), two_floats_t *result)                      \
        {                                                                                                               \
                *result = f((two_floats_t){ 1.5f, -2.5f });                                                             \
        }                                                                                                               \
                                                                                                                        \
        void name##_variadic(convention double (*f)(double, ...), double *result)                                       \
        {                                                                                                               \
                *result = f(1.5, 2, -3.5, (struct doubles){ 4.5, -5.5 });                                               \
        }                                                                                                               \
                                                                                                                        \
        void name##_variadic_without_more(convention double (*f)(double, ...), double *result)                          \
        {                                                                                                               \
                *result = f(1.5);                                                                                       \
        }

CALLERS(base, __attribute__((pcs("aapcs"))))
CALLERS(vfp, __attribute__((pcs("aapcs-vfp"))))

#endif
