// SPDX-License-Identifier: Apache-2.0

/** Native code that calls function pointers, for tests, demo and benchmarks. */
@NullMarked
package dev.salto.text.callers;

import org.jspecify.annotations.NullMarked;
