/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closures of libffi from C, for the benchmarks. It makes, calls and frees them as a C program
 * does. The caller passes the functions and types of the library, and the clock, so the build needs
 * no header and no library. No libc, no data.
 */

typedef void *closure_alloc(__SIZE_TYPE__ size, void **code);
typedef void closure_free(void *closure);
typedef void callback(void *cif, void *result, void **arguments, void *user_data);
typedef int prep_closure(void *closure, void *cif, callback *function, void *user_data, void *code);
typedef int prep_cif(void *cif, int abi, unsigned count, void *result, void **arguments);

struct timespec {
        long seconds;
        long nanoseconds;
};

/* clock_gettime, of the C library. */
typedef int get_time(int clock, struct timespec *time);

/* ffi_type, which is part of libffi's ABI. */
struct type {
        __SIZE_TYPE__ size;
        unsigned short alignment;
        unsigned short kind;
        struct type **elements;
};

/* ffi_cif is smaller on every architecture. */
struct cif {
        long long opaque[16];
};

enum shape { EIGHT_INTS, EIGHT_DOUBLES, MIXED, SHAPES };

/* The library, and its prepared types. The caller fills in the fields up to the mark. */
struct library {
        closure_alloc *alloc;
        closure_free *free;
        prep_closure *prepare_closure;
        prep_cif *prepare_cif;
        struct type *sint32;
        struct type *sint64;
        struct type *real;
        get_time *get_time;
        long long abi;
        long long closure_size;
        /* mark */
        struct cif binary;
        struct cif shapes[SHAPES];
        struct type *two[2];
        struct type *eight_ints[8];
        struct type *eight_doubles[8];
        struct type *mixed[3];
        struct type pair;
        struct type *pair_elements[3];
};

/* An ffi_arg: results that are smaller than a register are widened to one. */
static void add(void *cif, void *result, void **arguments, void *user_data)
{
        (void) cif;
        *(long *) result = *(int *) arguments[0] + *(int *) arguments[1] + (int) (__INTPTR_TYPE__) user_data;
}

static void add_eight_ints(void *cif, void *result, void **arguments, void *user_data)
{
        (void) cif, (void) user_data;
        long long sum = 0;
        for (int i = 0; i < 8; i++)
                sum += *(int *) arguments[i];
        *(long long *) result = sum;
}

static void add_eight_doubles(void *cif, void *result, void **arguments, void *user_data)
{
        (void) cif, (void) user_data;
        double sum = 0;
        for (int i = 0; i < 8; i++)
                sum += *(double *) arguments[i];
        *(double *) result = sum;
}

struct pair {
        long long number;
        double fraction;
};

static void add_mixed(void *cif, void *result, void **arguments, void *user_data)
{
        (void) cif, (void) user_data;
        struct pair *pair = arguments[1];
        *(double *) result = *(int *) arguments[0] + (int) pair->number + pair->fraction + *(double *) arguments[2];
}

/* Prepares the types of functions. Returns libffi's first result that is not zero. */
int libffi_prepare(struct library *library)
{
        struct type *sint32 = library->sint32;
        for (int i = 0; i < 2; i++)
                library->two[i] = sint32;
        for (int i = 0; i < 8; i++) {
                library->eight_ints[i] = sint32;
                library->eight_doubles[i] = library->real;
        }
        library->pair_elements[0] = library->sint64;
        library->pair_elements[1] = library->real;
        library->pair_elements[2] = 0;
        library->pair.kind = 13; /* FFI_TYPE_STRUCT */
        library->pair.elements = library->pair_elements;
        library->mixed[0] = sint32;
        library->mixed[1] = &library->pair;
        library->mixed[2] = library->real;

        int abi = (int) library->abi;
        int error = library->prepare_cif(&library->binary, abi, 2, sint32, (void **) library->two);
        if (!error)
                error = library->prepare_cif(&library->shapes[EIGHT_INTS], abi, 8, library->sint64, (void **) library->eight_ints);
        if (!error)
                error = library->prepare_cif(&library->shapes[EIGHT_DOUBLES], abi, 8, library->real, (void **) library->eight_doubles);
        if (!error)
                error = library->prepare_cif(&library->shapes[MIXED], abi, 3, library->real, (void **) library->mixed);
        return error;
}

/*
 * Makes closures that add their two arguments and their place, from one place of the arrays to
 * another. Returns the place after the last one.
 */
long long libffi_open(struct library *library, void **closures, void **functions, long long from, long long to)
{
        long long place = from;
        for (; place < to; place++) {
                void *closure = library->alloc((__SIZE_TYPE__) library->closure_size, &functions[place]);
                if (!closure || library->prepare_closure(closure, &library->binary, add, (void *) (__INTPTR_TYPE__) place, functions[place]))
                        break;
                closures[place] = closure;
        }
        return place;
}

void libffi_close(struct library *library, void **closures, long long from, long long to)
{
        for (long long place = from; place < to; place++)
                library->free(closures[place]);
}

/* The same in the order that an array of places says. */
void libffi_close_places(struct library *library, void **closures, const int *places, long long from, long long to)
{
        for (long long i = from; i < to; i++)
                library->free(closures[places[i]]);
}

/* Makes a closure and frees it again, many times. Returns the number of successes. */
long long libffi_open_and_close(struct library *library, long long times)
{
        void *closure, *function;
        for (long long i = 0; i < times; i++) {
                if (libffi_open(library, &closure, &function, 0, 1) < 1)
                        return i;
                libffi_close(library, &closure, 0, 1);
        }
        return times;
}

static long long now(struct library *library)
{
        struct timespec time;
        library->get_time(1 /* CLOCK_MONOTONIC */, &time);
        return time.seconds * 1000000000LL + time.nanoseconds;
}

/* libffi_open with a stopwatch: returns its time in nanoseconds, or -1 if it ended early. */
long long libffi_time_open(struct library *library, void **closures, void **functions, long long from, long long to)
{
        long long start = now(library);
        long long place = libffi_open(library, closures, functions, from, to);
        return place < to ? -1 : now(library) - start;
}

/*
 * Frees all closures and makes new ones in their places, a batch at a time; count is a multiple of
 * batch. Returns the time to make them, in nanoseconds, or -1 if one could not be made.
 */
long long libffi_time_replace(struct library *library, void **closures, void **functions, long long count,
                              long long batch)
{
        long long total = 0;
        for (long long place = 0; place < count; place += batch) {
                libffi_close(library, closures, place, place + batch);
                long long time = libffi_time_open(library, closures, functions, place, place + batch);
                if (time < 0)
                        return -1;
                total += time;
        }
        return total;
}

/* libffi_open_and_close with a stopwatch: returns its time, or -1 if one could not be made. */
long long libffi_time_open_and_close(struct library *library, long long times)
{
        long long start = now(library);
        long long done = libffi_open_and_close(library, times);
        return done < times ? -1 : now(library) - start;
}

/* A closure of another type, for good; its address, or null. */
void *libffi_open_shape(struct library *library, int shape)
{
        callback *function = shape == EIGHT_INTS ? add_eight_ints : shape == EIGHT_DOUBLES ? add_eight_doubles : add_mixed;
        void *code;
        void *closure = library->alloc((__SIZE_TYPE__) library->closure_size, &code);
        if (!closure || library->prepare_closure(closure, &library->shapes[shape], function, 0, code))
                return 0;
        return code;
}
