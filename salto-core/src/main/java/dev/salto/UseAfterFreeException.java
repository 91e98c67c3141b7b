// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/** Native code called a closed closure. Thrown by {@link UseAfterFreePolicy#THROW}. */
public final class UseAfterFreeException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** The call of the closed closure. */
    @SuppressWarnings("serial") // nobody serializes an exception of a native call
    private final UseAfterFree call;

    UseAfterFreeException(UseAfterFree call) {
        super(call.toString());
        this.call = call;
    }

    /** {@return the call} */
    public UseAfterFree call() {
        return call;
    }
}
