/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library that makes calls while it is loaded. The dynamic loader holds its lock until they
 * return. The program that loads it writes the function's address into a copy of the file, behind
 * the mark.
 */

struct to_do {
        char mark[16];
        void *(*function)(void *);
        void *argument;
};

/* Not zero, so that it has a place in the file. */
volatile struct to_do to_do = { .mark = "salto: to do ->" };

__attribute__((constructor)) static void call(void)
{
        to_do.function(to_do.argument);
}
