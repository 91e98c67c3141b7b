// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Calls of Linux, one of which fails, or all of one kind. */
public final class FailingCalls extends LinuxCalls implements AutoCloseable {
    /** The calls that can fail. */
    public enum Call {
        OPEN, LSEEK, PREAD, MEMFD_CREATE, WRITE, FCNTL, GETRANDOM, MMAP, MREMAP, MUNMAP, MPROTECT, MSEAL;

        /** The errors of its page in section 2 of the Linux manual that Salto can meet. */
        public IntStream errors() {
            return switch (this) {
                case OPEN -> IntStream.of(ENOENT, EACCES, EMFILE, ENFILE);
                case LSEEK -> IntStream.of(EINVAL);
                case PREAD -> IntStream.of(EIO);
                case MEMFD_CREATE -> IntStream.of(EPERM, EMFILE, ENFILE, ENOMEM, ENOSYS);
                case WRITE -> IntStream.of(EIO, ENOSPC);
                case FCNTL -> IntStream.of(EPERM, EINVAL);
                case GETRANDOM -> IntStream.of(ENOSYS);
                case MMAP -> IntStream.of(EPERM, EAGAIN, ENOMEM, EACCES, ENODEV);
                case MREMAP -> IntStream.of(EAGAIN, ENOMEM, EFAULT);
                case MUNMAP -> IntStream.of(ENOMEM);
                case MPROTECT -> IntStream.of(ENOMEM, EACCES);
                case MSEAL -> IntStream.of(ENOMEM);
            };
        }
    }

    // errno(3), the numbers of Linux on every architecture
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EIO = 5;
    private static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int EFAULT = 14;
    private static final int ENODEV = 19;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOSPC = 28;
    private static final int ENOSYS = 38;

    private final Call call;
    private final int errno;
    private final boolean isForGood;
    private int before;
    private boolean hasFailed;
    private final Set<Integer> openFiles = ConcurrentHashMap.newKeySet();
    private final Set<Long> mapped = ConcurrentHashMap.newKeySet();
    private final AtomicLong mappedSize = new AtomicLong();
    private final Map<Call, Integer> counts = new ConcurrentHashMap<>();
    private @Nullable String label;
    private final Set<Long> mappedCode = ConcurrentHashMap.newKeySet();

    private FailingCalls(Call call, int before, int errno, boolean isForGood) {
        this.call = call;
        this.before = before;
        this.errno = errno;
        this.isForGood = isForGood;
    }

    /** Lets a call fail once, after it succeeded {@code before} times, until this is closed. */
    public static FailingCalls once(Call call, int before, int errno) {
        return install(new FailingCalls(call, before, errno, false));
    }

    /** Lets no call fail, and counts them. */
    public static FailingCalls none() {
        return once(Call.OPEN, Integer.MAX_VALUE, 0);
    }

    /** Lets all calls of a kind fail until this is closed. */
    public static FailingCalls always(Call call, int errno) {
        return install(new FailingCalls(call, 0, errno, true));
    }

    /** Has all calls of a kind fail until this is closed, and all files have a label. */
    public static FailingCalls always(Call call, int errno, String label) {
        FailingCalls calls = new FailingCalls(call, 0, errno, true);
        calls.label = label;
        return install(calls);
    }

    private static FailingCalls install(FailingCalls calls) {
        ((Linux) Os.current()).setCalls(calls);
        return calls;
    }

    @Override
    public void close() {
        ((Linux) Os.current()).setCalls(new LinuxCalls());
    }

    /** The descriptors of files that were opened, and not closed. */
    public Set<Integer> openFiles() {
        return openFiles;
    }

    /** The addresses of all memory that was mapped, and not unmapped. */
    public Set<Long> mapped() {
        return mapped;
    }

    /** The size of all memory that was mapped, and not unmapped, in bytes. */
    public long mappedSize() {
        return mappedSize.get();
    }

    /** How often a call was made. */
    public int count(Call made) {
        return counts.getOrDefault(made, 0);
    }

    /** The addresses of code that was mapped from a file, and not unmapped. */
    public Set<Long> mappedCode() {
        return mappedCode;
    }

    /** Whether a call has failed. */
    public synchronized boolean hasFailed() {
        return hasFailed;
    }

    private synchronized void pass(Call made) throws OsException {
        counts.merge(made, 1, Integer::sum);
        if (made != call || (hasFailed && !isForGood)) {
            return;
        }
        if (before > 0) {
            before--;
            return;
        }
        hasFailed = true;
        throw new OsException(made + " for a test", -errno);
    }

    @Override
    int openForReading(Path file) throws OsException {
        pass(Call.OPEN);
        return opened(super.openForReading(file));
    }

    @Override
    @Nullable
    String attribute(int descriptor, String name) {
        return name.equals("security.selinux") ? label : super.attribute(descriptor, name);
    }

    private int opened(int descriptor) {
        openFiles.add(descriptor);
        return descriptor;
    }

    @Override
    void close(int descriptor) {
        super.close(descriptor);
        openFiles.remove(descriptor);
    }

    @Override
    long size(int descriptor) throws OsException {
        pass(Call.LSEEK);
        return super.size(descriptor);
    }

    @Override
    void read(int descriptor, long offset, MemorySegment to) throws OsException {
        pass(Call.PREAD);
        super.read(descriptor, offset, to);
    }

    @Override
    int createMemoryFile(String name) throws OsException {
        pass(Call.MEMFD_CREATE);
        return opened(super.createMemoryFile(name));
    }

    @Override
    void write(int descriptor, MemorySegment content) throws OsException {
        pass(Call.WRITE);
        super.write(descriptor, content);
    }

    @Override
    void sealMemoryFile(int descriptor) throws OsException {
        pass(Call.FCNTL);
        super.sealMemoryFile(descriptor);
    }

    @Override
    long random() throws OsException {
        pass(Call.GETRANDOM);
        return super.random();
    }

    @Override
    long mmap(long length, int protection, int flags, int descriptor, long offset) throws OsException {
        pass(Call.MMAP);
        long address = super.mmap(length, protection, flags, descriptor, offset);
        mapped.add(address);
        mappedSize.addAndGet(length);
        if ((protection & PROT_EXEC) != 0) {
            mappedCode.add(address);
        }
        return address;
    }

    @Override
    void duplicate(long shared, long length, long at) throws OsException {
        pass(Call.MREMAP);
        super.duplicate(shared, length, at);
    }

    @Override
    void munmap(long address, long length) throws OsException {
        pass(Call.MUNMAP);
        super.munmap(address, length);
        mapped.remove(address);
        mappedSize.addAndGet(-length);
        mappedCode.remove(address);
    }

    @Override
    void mprotect(long address, long length, int protection) throws OsException {
        pass(Call.MPROTECT);
        super.mprotect(address, length, protection);
    }

    @Override
    boolean mseal(long address, long length) throws OsException {
        pass(Call.MSEAL);
        return super.mseal(address, length);
    }
}
