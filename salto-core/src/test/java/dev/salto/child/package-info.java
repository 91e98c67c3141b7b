// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that tests start in a JVM of their own, where the situation can be as bad as the test
 * needs it.
 */
@NullMarked
package dev.salto.child;

import org.jspecify.annotations.NullMarked;
