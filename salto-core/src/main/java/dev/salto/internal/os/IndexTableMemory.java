// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

/**
 * The memory of one table by index: its code, which is never writable, and behind it a page with
 * the header, which is never executable.
 *
 * <p>Methods may be called by any thread.
 */
public abstract class IndexTableMemory {
    private final long code;
    private final long codeSize;
    private final long headerSize;

    IndexTableMemory(long code, long codeSize, long headerSize) {
        this.code = code;
        this.codeSize = codeSize;
        this.headerSize = headerSize;
    }

    /** Returns the address of the code. */
    public final long code() {
        return code;
    }

    /** Returns the size of the code in bytes. */
    public final long codeSize() {
        return codeSize;
    }

    /** Returns the size of the memory that the header takes, in bytes: a page. */
    public final long headerSize() {
        return headerSize;
    }

    /** Returns the address of the header. */
    public final long header() {
        return code + codeSize;
    }

    /**
     * Changes one word of the header by one store, with release. The header is writable meanwhile.
     *
     * @param place where the word lies in the header, in bytes
     * @throws OsException if the system refuses; then the word may be changed, and the header may
     *     still be writable, until the next call succeeds
     */
    public abstract void setHeaderWord(int place, long value) throws OsException;
}
