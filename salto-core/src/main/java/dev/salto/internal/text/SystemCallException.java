// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

/** The system refused a call. The message holds the call with its arguments, and the system's own words. */
public final class SystemCallException extends Exception {
    private static final long serialVersionUID = 1L;

    SystemCallException(String call, int errno, String explanation) {
        super("%s failed: %s (errno %d)".formatted(call, explanation, errno));
    }
}
