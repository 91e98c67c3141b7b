// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/** Takes recorded calls, long after native code has gone on. */
@FunctionalInterface
public interface RecordedCallHandler {
    /**
     * Takes a call.
     *
     * @param call the call, valid until this method returns
     */
    void call(RecordedCall call);
}
