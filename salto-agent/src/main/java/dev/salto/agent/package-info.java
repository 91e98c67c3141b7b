// SPDX-License-Identifier: Apache-2.0

/**
 * The Java agent that makes the upcall stubs of a process static trampolines. These are its classes
 * on the class path; the others have a class loader of their own.
 */
@NullMarked
package dev.salto.agent;

import org.jspecify.annotations.NullMarked;
