// SPDX-License-Identifier: Apache-2.0

/**
 * Builds the native code: unpacks clang and lld, assembles and links, checks each image and writes
 * its index.
 */
@NullMarked
package dev.salto.text.build;

import org.jspecify.annotations.NullMarked;
