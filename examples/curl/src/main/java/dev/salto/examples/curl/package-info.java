// SPDX-License-Identifier: Apache-2.0

/** libcurl: a write callback and a debug callback. */
@NullMarked
package dev.salto.examples.curl;

import org.jspecify.annotations.NullMarked;
