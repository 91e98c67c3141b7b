/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers of function pointers of many types, for tests. Each gets a callback and a place for a
 * result. It calls the callback with arguments that the test knows, and stores the result, so that
 * the test checks both.
 *
 * Built once without optimisation and once with it. No libc: the compiler may still ask for memcpy
 * and memset, to copy and to clear structs, so they are in memory.h.
 */

#include "memory.h"

/* ---- Integers ---- */

void nothing(void (*f)(void), int *result)
{
        f();
        *result = 1;
}

void ints_0(int (*f)(void), int *result)
{
        *result = f();
}

void ints_1(int (*f)(int), int *result)
{
        *result = f(1);
}

void ints_2(int (*f)(int, int), int *result)
{
        *result = f(1, -2);
}

void ints_3(int (*f)(int, int, int), int *result)
{
        *result = f(1, -2, 3);
}

void ints_4(int (*f)(int, int, int, int), int *result)
{
        *result = f(1, -2, 3, -4);
}

void ints_5(int (*f)(int, int, int, int, int), int *result)
{
        *result = f(1, -2, 3, -4, 5);
}

void ints_6(int (*f)(int, int, int, int, int, int), int *result)
{
        *result = f(1, -2, 3, -4, 5, -6);
}

void ints_7(int (*f)(int, int, int, int, int, int, int), int *result)
{
        *result = f(1, -2, 3, -4, 5, -6, 7);
}

void ints_8(int (*f)(int, int, int, int, int, int, int, int), int *result)
{
        *result = f(1, -2, 3, -4, 5, -6, 7, -8);
}

void narrow(int (*f)(signed char, unsigned char, short, unsigned short, _Bool, _Bool), int *result)
{
        *result = f(-128, 255, -32768, 65535, 1, 0);
}

/* Of a narrow argument on the stack only the low bytes count. */
void narrow_on_the_stack(long long (*f)(long long, long long, long long, long long, long long, long long, signed char,
                                        unsigned char, short, unsigned short, _Bool, int, long long),
                         long long *result)
{
        *result = f(1, 2, 3, 4, 5, 6, -1, 254, -3, 65532, 1, -6, -7);
}

/* A narrow result is widened by its caller. */
void returned_signed_char(signed char (*f)(signed char), int *result)
{
        *result = f(-5);
}

void returned_unsigned_char(unsigned char (*f)(unsigned char), int *result)
{
        *result = f(251);
}

void returned_short(short (*f)(short), int *result)
{
        *result = f(-500);
}

void returned_unsigned_short(unsigned short (*f)(unsigned short), int *result)
{
        *result = f(65036);
}

void returned_true(_Bool (*f)(_Bool), int *result)
{
        *result = f(0) ? 1 : 2;
}

void returned_false(_Bool (*f)(_Bool), int *result)
{
        *result = f(1) ? 1 : 2;
}

/* ---- Floating-point numbers ---- */

void floats(float (*f)(float, float), float *result)
{
        *result = f(1.5f, -0.25f);
}

void floats_and_doubles(double (*f)(float, double, float, double, int, float), double *result)
{
        *result = f(1.5f, 2.5, -3.5f, -4.5, 5, 6.5f);
}

void ten_doubles_and_ints(double (*f)(double, int, double, int, double, int, double, int, double, int, double, int, double,
                                      int, double, int, double, double),
                          double *result)
{
        *result = f(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9.5);
}

void floats_on_the_stack(float (*f)(double, double, double, double, double, double, double, double, float, int, float),
                         float *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, 8, 9.5f, 10, 11.5f);
}

/* ---- Pointers ---- */

void pointers(void *(*f)(void *, const char *, void *), void **result)
{
        *result = f((void *) 0x1000, 0, (void *) 0xfffffffffffffff0);
}

/* The callback gets the address of a pointer to 7, and may change both. */
void pointer_to_pointer(int (*f)(int **), int *result)
{
        int numbers[2] = {7, 8};
        int *number = numbers;
        int returned = f(&number);
        *result = returned + 100 * *number + 10000 * numbers[0];
}

/*
 * ---- Variadic callbacks: the same as others, and %al says how many vector registers are in use.
 * ----
 */

void variadic_ints(int (*f)(const char *, ...), int *result)
{
        *result = f((const char *) 0x2000, 1, -2, 3LL, 4, 5, 6, 7);
}

void variadic_doubles(int (*f)(const char *, ...), int *result)
{
        *result = f((const char *) 0x2000, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5);
}

void variadic_mixed(int (*f)(const char *, ...), int *result)
{
        *result = f((const char *) 0x2000, -1, 2.5, -3LL, 4.5f);
}

/* ---- Structs in registers ---- */

typedef struct {
        float a;
} one_float;

void struct_one_float(one_float (*f)(one_float, float), one_float *result)
{
        *result = f((one_float) {1.5f}, -2.5f);
}

typedef struct {
        int a, b;
} two_ints;

void struct_two_ints(two_ints (*f)(two_ints, int), two_ints *result)
{
        *result = f((two_ints) {1, -2}, 3);
}

typedef struct {
        double a, b;
} two_doubles;

void struct_two_doubles(two_doubles (*f)(two_doubles, double), two_doubles *result)
{
        *result = f((two_doubles) {1.5, -2.5}, 3.5);
}

typedef struct {
        float a, b, c;
} three_floats;

void struct_three_floats(three_floats (*f)(three_floats, float), three_floats *result)
{
        *result = f((three_floats) {1.5f, -2.5f, 3.5f}, 4.5f);
}

typedef struct {
        long long a;
        double b;
} long_double_pair;

void struct_long_double(long_double_pair (*f)(long_double_pair, long long, double), long_double_pair *result)
{
        *result = f((long_double_pair) {-1, 2.5}, 3, 4.5);
}

typedef struct {
        double a;
        long long b;
} double_long_pair;

void struct_double_long(double_long_pair (*f)(double_long_pair, double, long long), double_long_pair *result)
{
        *result = f((double_long_pair) {1.5, -2}, 3.5, 4);
}

/* An eightbyte that holds an int and a float goes into an integer register. */
typedef struct {
        float a;
        int b;
        float c;
} float_int_float;

void struct_float_int_float(float_int_float (*f)(float_int_float), float_int_float *result)
{
        *result = f((float_int_float) {1.5f, -2, 3.5f});
}

typedef struct {
        char text[16];
} sixteen_chars;

void struct_sixteen_chars(sixteen_chars (*f)(sixteen_chars), sixteen_chars *result)
{
        *result = f((sixteen_chars) {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}});
}

typedef struct {
        signed char text[3];
} three_chars;

typedef struct {
        signed char text[7];
} seven_chars;

typedef struct {
        signed char text[13];
} thirteen_chars;

void struct_three_chars(three_chars (*f)(three_chars, int), three_chars *result)
{
        *result = f((three_chars) {{-1, 2, -3}}, 4);
}

void struct_seven_chars(seven_chars (*f)(seven_chars, int), seven_chars *result)
{
        *result = f((seven_chars) {{-1, 2, -3, 4, -5, 6, -7}}, 8);
}

void struct_thirteen_chars(thirteen_chars (*f)(thirteen_chars, int), thirteen_chars *result)
{
        *result = f((thirteen_chars) {{-1, 2, -3, 4, -5, 6, -7, 8, -9, 10, -11, 12, -13}}, 14);
}

typedef struct {
        char tag;
        struct {
                short x;
                struct {
                        char y;
                } inner;
        } middle;
        two_ints tail;
} nested;

void struct_nested(nested (*f)(nested), nested *result)
{
        *result = f((nested) {1, {-2, {3}}, {4, -5}});
}

typedef struct {
        short numbers[3];
        char tag;
        float ratio;
} array_and_more;

void struct_array_and_more(array_and_more (*f)(array_and_more), array_and_more *result)
{
        *result = f((array_and_more) {{1, -2, 3}, 4, 5.5f});
}

/* Some calling conventions put each member of these into a register. */
typedef struct {
        float a, b, c, d;
} four_floats;

void struct_four_floats(four_floats (*f)(four_floats, float), four_floats *result)
{
        *result = f((four_floats) {1.5f, -2.5f, 3.5f, -4.5f}, 5.5f);
}

typedef struct {
        double a, b, c, d;
} four_doubles;

void struct_four_doubles(four_doubles (*f)(four_doubles, double), four_doubles *result)
{
        *result = f((four_doubles) {1.5, -2.5, 3.5, -4.5}, 5.5);
}

typedef struct {
        double numbers[8];
} eight_doubles;

void struct_eight_doubles(eight_doubles (*f)(eight_doubles, int), eight_doubles *result)
{
        *result = f((eight_doubles) {{1.5, -2.5, 3.5, -4.5, 5.5, -6.5, 7.5, -8.5}}, 9);
}

/*
 * Some calling conventions treat a pointer beside a floating-point number in another way than an
 * integer.
 */
typedef struct {
        double a;
        void *b;
} double_pointer;

void struct_double_pointer(double_pointer (*f)(double_pointer, int), double_pointer *result)
{
        *result = f((double_pointer) {1.5, (void *) 0x1000}, 2);
}

/* ---- Unions ---- */

typedef union {
        float ratio;
} one_float_union;

void union_one_float(one_float_union (*f)(one_float_union, float, int), one_float_union *result)
{
        *result = f((one_float_union) {1.5f}, 2.5f, 3);
}

typedef union {
        int number;
        float ratio;
} int_or_float;

void union_int_float(int_or_float (*f)(int_or_float, int), int_or_float *result)
{
        *result = f((int_or_float) {.ratio = 1.5f}, 2);
}

typedef union {
        double one;
        struct {
                float low, high;
        } two;
} double_or_floats;

void union_double_floats(double_or_floats (*f)(double_or_floats, double), double_or_floats *result)
{
        *result = f((double_or_floats) {.two = {1.5f, -2.5f}}, 3.5);
}

typedef struct {
        int kind;
        union {
                char text[9];
                double ratio;
                long long number;
        } value;
} tagged;

/* 24 bytes, so it goes into memory. */
void union_tagged(tagged (*f)(tagged, int), tagged *result)
{
        tagged argument = {2, {.text = {1, 2, 3, 4, 5, 6, 7, 8, 9}}};
        *result = f(argument, 3);
}

/* ---- Structs that do not have the alignment of their members ---- */

/* All members are nevertheless aligned, so it goes into a register; the size is 5. */
typedef struct __attribute__((packed)) {
        int a;
        signed char b;
} packed_aligned;

void packed_with_aligned_members(packed_aligned (*f)(packed_aligned, int), packed_aligned *result)
{
        *result = f((packed_aligned) {0x04030201, -5}, 6);
}

typedef struct __attribute__((packed)) {
        signed char a;
        int b;
} packed_unaligned;

/*
 * An unaligned member puts a struct into memory. Here all would go there, because no integer
 * register is left.
 */
void packed_with_unaligned_members(int (*f)(int, int, int, int, int, int, packed_unaligned, int), int *result)
{
        *result = f(1, 2, 3, 4, 5, 6, (packed_unaligned) {-1, 0x05040302}, 7);
}

typedef struct {
        _Alignas(16) long long a;
        long long b;
} aligned_pair;

void aligned_in_registers(aligned_pair (*f)(int, aligned_pair, int), aligned_pair *result)
{
        *result = f(1, (aligned_pair) {2, -3}, 4);
}

typedef struct {
        _Alignas(16) long long a;
        long long b[3];
} aligned_large;

/* The first on the stack, and so aligned without padding. */
void aligned_in_memory(aligned_large (*f)(int, aligned_large, int), aligned_large *result)
{
        *result = f(1, (aligned_large) {2, {-3, 4, -5}}, 6);
}

/* ---- Structs in memory ---- */

typedef struct {
        long long a;
        double b;
        int c;
} bytes_24;

void struct_24_bytes(bytes_24 (*f)(bytes_24, int), bytes_24 *result)
{
        *result = f((bytes_24) {1, -2.5, 3}, 4);
}

typedef struct {
        double numbers[5];
} bytes_40;

void struct_40_bytes(bytes_40 (*f)(int, bytes_40, double), bytes_40 *result)
{
        *result = f(1, (bytes_40) {{2.5, 3.5, 4.5, 5.5, 6.5}}, 7.5);
}

typedef struct {
        long long numbers[16];
} bytes_128;

void struct_128_bytes(bytes_128 (*f)(bytes_128, bytes_128), bytes_128 *result)
{
        bytes_128 up, down;
        for (int i = 0; i < 16; i++) {
                up.numbers[i] = i;
                down.numbers[i] = -i;
        }
        *result = f(up, down);
}

/* ---- Where the registers end ---- */

typedef struct {
        long long a, b;
} two_longs;

typedef struct {
        int a, b, c;
} three_ints;

/* One register is left, which is too few for the struct; the long behind it gets it. */
void struct_behind_five_ints(long long (*f)(int, int, int, int, int, two_longs, long long, long long), long long *result)
{
        *result = f(1, 2, 3, 4, 5, (two_longs) {-6, -7}, 8, 9);
}

void struct_behind_seven_doubles(double (*f)(double, double, double, double, double, double, double, two_doubles, double,
                                             double),
                                 double *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, (two_doubles) {-8, -9}, 10, 11);
}

/* The same where there are eight registers, or four. */
void struct_behind_seven_ints(long long (*f)(int, int, int, int, int, int, int, two_longs, long long, long long),
                              long long *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, (two_longs) {-8, -9}, 10, 11);
}

void struct_behind_three_ints(int (*f)(int, int, int, two_ints, int, int), int *result)
{
        *result = f(1, 2, 3, (two_ints) {-4, -5}, 6, 7);
}

/*
 * With eight registers for doubles, something is on the stack before the struct, for which there
 * are integer registers.
 */
void struct_behind_nine_doubles(int (*f)(double, double, double, double, double, double, double, double, double, three_ints,
                                         three_ints, int),
                                int *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, 8, 9, (three_ints) {-1, -2, -3}, (three_ints) {-4, -5, -6}, 7);
}

/* With thirteen registers for doubles, the struct is in the last one, and in memory. */
void struct_behind_twelve_doubles(float (*f)(double, double, double, double, double, double, double, double, double, double,
                                             double, double, three_floats, double),
                                  float *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, (three_floats) {-1.5f, -2.5f, -3.5f}, 13);
}

/* The double in the struct goes onto the stack with the long, although it has registers. */
void mixed_struct_behind_six_ints(double (*f)(int, int, int, int, int, int, long_double_pair, double), double *result)
{
        *result = f(1, 2, 3, 4, 5, 6, (long_double_pair) {-7, -8.5}, 9.5);
}

void mixed_struct_behind_eight_ints(double (*f)(int, int, int, int, int, int, int, int, long_double_pair, double),
                                    double *result)
{
        *result = f(1, 2, 3, 4, 5, 6, 7, 8, (long_double_pair) {-9, -10.5}, 11.5);
}

/*
 * The address of the result takes the first integer register, so the sixth int goes onto the stack.
 */
void large_result_and_six_ints(bytes_24 (*f)(int, int, int, int, int, int), bytes_24 *result)
{
        *result = f(1, -2, 3, -4, 5, -6);
}

void mixed_result_and_six_ints(double_long_pair (*f)(int, int, int, int, int, int, double), double_long_pair *result)
{
        *result = f(1, -2, 3, -4, 5, -6, 7.5);
}

/* ---- Callbacks that are called again ---- */

/* Calls several times, each time with the last result. */
void results_as_arguments(two_longs (*f)(two_longs), two_longs *result)
{
        two_longs next = {0, 1};
        for (int i = 0; i < 80; i++)
                next = f(next);
        *result = next;
}

/* ---- Structs of every small size, and with padding before each type ---- */

#define CHARS(size)                                                                                                     \
        struct chars_##size {                                                                                           \
                unsigned char c[size];                                                                                  \
        };                                                                                                              \
                                                                                                                        \
        void struct_chars_##size(struct chars_##size (*f)(struct chars_##size, int, struct chars_##size),               \
                                 struct chars_##size *result)                                                           \
        {                                                                                                               \
                struct chars_##size up, down;                                                                           \
                for (int i = 0; i < size; i++) {                                                                        \
                        up.c[i] = i + 1;                                                                                \
                        down.c[i] = 100 - i;                                                                            \
                }                                                                                                       \
                *result = f(up, 21, down);                                                                              \
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
CHARS(10)
CHARS(11)
CHARS(12)
CHARS(13)
CHARS(14)
CHARS(15)
CHARS(16)
CHARS(17)
CHARS(18)
CHARS(19)

#define ALIGNED(name, type)                                                                                             \
        struct aligned_##name {                                                                                         \
                signed char before;                                                                                     \
                type value;                                                                                             \
                signed char behind;                                                                                     \
        };                                                                                                              \
                                                                                                                        \
        void struct_aligned_##name(struct aligned_##name (*f)(struct aligned_##name, struct aligned_##name),            \
                                   struct aligned_##name *result)                                                       \
        {                                                                                                               \
                *result = f((struct aligned_##name){ 1, 2, 3 }, (struct aligned_##name){ -4, 5, -6 });                  \
        }

ALIGNED(short, short)
ALIGNED(int, int)
ALIGNED(long_long, long long)
ALIGNED(float, float)
ALIGNED(double, double)
