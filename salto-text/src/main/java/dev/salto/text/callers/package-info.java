// SPDX-License-Identifier: Apache-2.0

/**
 * For tests, demo and benchmarks: native code that calls function pointers, and the mappings of the
 * process.
 */
@NullMarked
package dev.salto.text.callers;

import org.jspecify.annotations.NullMarked;
