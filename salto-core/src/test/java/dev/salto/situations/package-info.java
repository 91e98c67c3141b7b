// SPDX-License-Identifier: Apache-2.0

/**
 * Situations that are hard on a library with native code: hardened, confined and exhausted
 * processes, strange paths, files that change. Each test runs {@link dev.salto.child.Situation} in
 * a JVM of its own, most with the packed library ({@link dev.salto.PackedLibrary}).
 */
@NullMarked
package dev.salto.situations;

import org.jspecify.annotations.NullMarked;
