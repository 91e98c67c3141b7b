// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/**
 * A part of a value that travels as one. A primitive value is one piece; a struct can be several.
 *
 * @param offset where the piece begins in the value, in bytes
 * @param size its size in bytes
 * @param storage where it is
 */
public record Piece(long offset, long size, Storage storage) {}
