// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.util.List;
import java.util.stream.Collectors;

/** Pieces as short words: {@code offset+size:place}. */
final class Pieces {
    private Pieces() {}

    static String show(List<Piece> pieces) {
        return pieces.stream()
                .map(piece -> piece.offset() + "+" + piece.size() + ":" + show(piece.storage()))
                .collect(Collectors.joining(" "));
    }

    static String show(Storage storage) {
        return switch (storage) {
            case Storage.IntegerRegister(int number) -> "gp" + number;
            case Storage.VectorRegister(int number) -> "fp" + number;
            case Storage.Stack(long offset) -> "stack" + offset;
            case Storage.Reference(Storage pointer) -> "*" + show(pointer);
        };
    }
}
