// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

/**
 * An exception that left a callback.
 *
 * @param exception what the callback threw
 * @param isRethrown whether a guard carries it
 */
public record CallFailure(Throwable exception, boolean isRethrown) {}
