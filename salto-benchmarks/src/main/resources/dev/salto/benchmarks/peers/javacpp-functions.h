/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The addresses of JavaCPP's functions, for JavaCppFunctions. JavaCPP itself gives them only to
 * native code.
 */
#pragma once

#include <cstdint>

struct Pair {
    std::int64_t number;
    double fraction;
};

static inline std::int64_t address_of_binary(int (*function)(int, int)) {
    return reinterpret_cast<std::intptr_t>(function);
}

static inline std::int64_t address_of_eight_ints(std::int64_t (*function)(int, int, int, int, int, int, int, int)) {
    return reinterpret_cast<std::intptr_t>(function);
}

static inline std::int64_t address_of_eight_doubles(
        double (*function)(double, double, double, double, double, double, double, double)) {
    return reinterpret_cast<std::intptr_t>(function);
}

static inline std::int64_t address_of_mixed(double (*function)(int, Pair, double)) {
    return reinterpret_cast<std::intptr_t>(function);
}
