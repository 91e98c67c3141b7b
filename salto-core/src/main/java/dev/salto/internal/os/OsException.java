// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/** A refusal of the system. The message has the call with its arguments, and the reason. */
public final class OsException extends Exception {
    private static final long serialVersionUID = 1L;

    // The values of Linux on every architecture.
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;

    private final int errno;

    /**
     * A refusal.
     *
     * @param result the negative number of the error
     */
    OsException(String call, long result) {
        this(call, (int) -result);
    }

    /** A refusal of Salto itself, which does not know the system. */
    OsException(String message) {
        super(message);
        this.errno = 0;
    }

    private OsException(String call, int errno) {
        // %s instead of %d, here and elsewhere in this package: %d loads data of the locale, which
        // not every process can do.
        super("%s failed: %s (errno %s)".formatted(call, explain(errno), errno));
        this.errno = errno;
    }

    /** Whether a rule forbids the call. Otherwise a resource is lacking. */
    public boolean isDenied() {
        return errno == EPERM || errno == EACCES;
    }

    /** Whether the kernel does not know the call, or a flag of it. */
    boolean isUnknown() {
        return errno == EINVAL || errno == ENOSYS;
    }

    /**
     * Explains the errors of Salto's calls. The C library could do so, too, but linking one more
     * function takes memory, which may be the very thing that is lacking.
     */
    private static String explain(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted";
            case 2 -> "no such file or directory";
            case 6, 19 -> "no such device";
            case 11 -> "memory is locked";
            case 12 -> "out of memory or mappings";
            case EACCES -> "permission denied";
            case 20 -> "a part of the path is not a directory";
            case EINVAL -> "invalid argument";
            case 23 -> "too many open files in the system";
            case 24 -> "too many open files in the process";
            case 28 -> "no space left on the device";
            case 30 -> "read-only file system";
            case 36 -> "the file name is too long";
            case ENOSYS -> "not in this kernel";
            case 40 -> "too many symbolic links";
            default -> "an error that <errno.h> explains";
        };
    }
}
