// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

/** The system refused a call. The message holds the call with its arguments, and the system's own words. */
public final class SystemCallException extends Exception {
    private static final long serialVersionUID = 1L;

    // EPERM, EACCES, EINVAL and ENOSYS of Linux, on every architecture.
    private static final int NOT_PERMITTED = 1;
    private static final int ACCESS_DENIED = 13;
    private static final int INVALID = 22;
    private static final int NO_SUCH_CALL = 38;

    private final int errno;

    SystemCallException(String call, int errno, String explanation) {
        super("%s failed: %s (errno %d)".formatted(call, explanation, errno));
        this.errno = errno;
    }

    /** Whether a rule forbids the call, rather than a lack of something. */
    boolean isDenied() {
        return errno == NOT_PERMITTED || errno == ACCESS_DENIED;
    }

    /** Whether the kernel does not know the call, or a flag of it. */
    boolean isUnknown() {
        return errno == INVALID || errno == NO_SUCH_CALL;
    }
}
