// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.Piece;
import dev.salto.internal.abi.Storage;
import dev.salto.internal.os.Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pieces of one value: where each is in a frame, and where in the value. */
final class Pieces {
    private final int[] offsets;
    private final int[] places;
    private final int[] sizes;

    /**
     * Whether a piece is a number that is {@code float} in C and {@code double} in its register.
     */
    private final boolean[] areWidened;

    /**
     * Whether a piece is a {@code float}, or a {@code _Float16}, in a larger register, whose other
     * bits are ones. RISC-V and LoongArch require that ("NaN-boxing").
     */
    private final boolean[] areBoxed;

    private Pieces(int count) {
        offsets = new int[count];
        places = new int[count];
        sizes = new int[count];
        areWidened = new boolean[count];
        areBoxed = new boolean[count];
    }

    static Pieces ofArgument(FrameLayout frame, List<Piece> pieces, boolean widensFloats) {
        Pieces result = new Pieces(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            result.set(i, pieces.get(i), frame.argument(pieces.get(i)), widensFloats);
        }
        return result;
    }

    static Pieces ofResult(FrameLayout frame, List<Piece> pieces, boolean widensFloats) {
        Pieces result = new Pieces(pieces.size());
        for (int i = 0; i < pieces.size(); i++) {
            result.set(i, pieces.get(i), frame.result(pieces.get(i)), widensFloats);
            result.areBoxed[i] = !widensFloats && frame.hasRoomFor(Long.BYTES)
                    && (pieces.get(i).size() == Float.BYTES || pieces.get(i).size() == Short.BYTES)
                    && pieces.get(i).storage() instanceof Storage.VectorRegister;
        }
        return result;
    }

    private void set(int i, Piece piece, int place, boolean widensFloats) {
        offsets[i] = (int) piece.offset();
        sizes[i] = (int) piece.size();
        places[i] = place;
        areWidened[i] = widensFloats && piece.size() == Float.BYTES
                && piece.storage() instanceof Storage.VectorRegister;
    }

    /** Where the first is in the frame. */
    int first() {
        return places[0];
    }

    /** Whether the value is in the frame as it would be in memory. */
    boolean isOneRow() {
        if (places.length == 0 || offsets[0] != 0) {
            return false;
        }
        for (int i = 0; i < places.length; i++) {
            if (places[i] - places[0] != offsets[i] || areWidened[i]) {
                return false;
            }
        }
        return true;
    }

    /** Puts the value together. */
    void gather(long frame, long to) {
        for (int i = 0; i < places.length; i++) {
            if (areWidened[i]) {
                Memory.setFloat(to + offsets[i], Memory.getWidened(frame + places[i]));
            } else {
                Memory.copy(frame + places[i], to + offsets[i], sizes[i]);
            }
        }
    }

    /** Takes the value apart. Reads it as a segment, whose arena another thread may close. */
    void scatter(long frame, MemorySegment from) {
        for (int i = 0; i < places.length; i++) {
            if (areWidened[i]) {
                Memory.setWidened(frame + places[i], Memory.getFloat(from, offsets[i]));
            } else if (areBoxed[i]) {
                setBoxed(frame + places[i], from, i);
            } else {
                Memory.copy(from, offsets[i], frame + places[i], sizes[i]);
            }
        }
    }

    private void setBoxed(long place, MemorySegment from, int i) {
        if (sizes[i] == Short.BYTES) {
            Memory.setBoxed(place, Short.toUnsignedLong(Memory.getShort(from, offsets[i])), Short.BYTES);
        } else {
            Memory.setBoxed(place, Memory.getFloat(from, offsets[i]));
        }
    }

    /** Whether a zero value has other bits than zeros in its registers. */
    boolean hasBoxes() {
        for (boolean isBoxed : areBoxed) {
            if (isBoxed) {
                return true;
            }
        }
        return false;
    }

    /** Sets the value to zero. */
    void clear(long frame) {
        for (int i = 0; i < places.length; i++) {
            if (areWidened[i]) {
                Memory.setDouble(frame + places[i], 0);
            } else if (areBoxed[i]) {
                Memory.setBoxed(frame + places[i], 0, sizes[i]);
            } else {
                Memory.clear(frame + places[i], sizes[i]);
            }
        }
    }
}
