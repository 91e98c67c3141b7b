// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.table.Tables;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The closure of a {@link CallInterface} that native code has called. One handler can stand for
 * many functions, and distinguish them by address or {@linkplain Closure#labelled label}.
 *
 * {@snippet :
 * CallHandler byName = (called, arguments) -> interpreter.call(called.label().orElseThrow(), arguments);
 * Closure<CallHandler> sine = type.bindBoxed(byName).labelled("sine");
 * Closure<CallHandler> cosine = type.bindBoxed(byName).labelled("cosine");
 * }
 *
 * <p>Immutable, and usable from any thread. It does not keep the closure open. After the closure is
 * closed, address and label may belong to another closure.
 */
public final class CalledClosure {
    private final CallInterface callInterface;
    private final int id;

    CalledClosure(CallInterface callInterface, int id) {
        this.callInterface = callInterface;
        this.id = id;
    }

    /** {@return the function's type} */
    public CallInterface callInterface() {
        return callInterface;
    }

    /**
     * Returns the function pointer that native code has called.
     *
     * @return a segment of size zero, as {@link Closure#address} returns it
     */
    public MemorySegment address() {
        return MemorySegment.ofAddress(Tables.address(id));
    }

    /** {@return the closure's label; empty if it has none, or was closed during the call} */
    public Optional<String> label() {
        return Optional.ofNullable(Tables.label(id, true));
    }

    @Override
    public String toString() {
        return "CalledClosure[0x%s%s, %s]".formatted(Long.toHexString(Tables.address(id)),
                label().map(", \"%s\""::formatted).orElse(""), callInterface);
    }
}
