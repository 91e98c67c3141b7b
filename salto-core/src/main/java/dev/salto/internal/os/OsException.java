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

    private OsException(String message, boolean isDenied) {
        super(message);
        this.errno = isDenied ? EPERM : 0;
    }

    /**
     * A refusal of Windows.
     *
     * @param error the number of the error, as {@code GetLastError} returns it
     */
    static OsException ofWindows(String call, int error) {
        return new OsException("%s failed: %s (error %s)".formatted(call, explainForWindows(error), error),
                switch (error) {
                    case 5, 577, 1260, 1655, 4551 -> true;
                    default -> false;
                });
    }

    /** Explains the errors of Salto's calls, like {@link #explain}. */
    private static String explainForWindows(int error) {
        return switch (error) {
            case 2 -> "no such file";
            case 3 -> "no such folder";
            case 5 -> "access denied";
            case 8, 14 -> "out of memory";
            case 32 -> "another process has the file open for writing";
            case 87 -> "invalid argument";
            case 193 -> "no executable image";
            case 487 -> "invalid address";
            case 577 -> "the file's signature is not accepted";
            case 1260, 4551 -> "a policy forbids the file";
            case 1455 -> "the paging file is too small";
            case 1655 -> "Arbitrary Code Guard forbids it";
            default -> "an error that Microsoft's \"System Error Codes\" explain";
        };
    }

    /** A refusal of Salto itself, because the process ends. */
    public static OsException ofEnd() {
        return new OsException("the process is ending; make closures before its exit handlers run");
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
