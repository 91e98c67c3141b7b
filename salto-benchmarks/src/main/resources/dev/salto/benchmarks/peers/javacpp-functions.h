/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What JavaCppFunctions needs besides what JavaCPP generates: the addresses of its functions, which
 * JavaCPP itself gives to native code only.
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
