// SPDX-License-Identifier: Apache-2.0

/**
 * C libraries that call Java back through Salto; each test class is skipped, with a message, where
 * its library is missing.
 */
@NullMarked
package dev.salto.libraries;

import org.jspecify.annotations.NullMarked;
