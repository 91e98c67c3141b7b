// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Linux, on every architecture. */
final class Linux implements Os {
    /** The attribute with SELinux's label. */
    private static final String LABEL = "security.selinux";

    /** Tests replace them by calls that fail on demand. */
    private volatile LinuxCalls calls = new LinuxCalls();

    LinuxCalls calls() {
        return calls;
    }

    void setCalls(LinuxCalls other) {
        calls = other;
    }

    @Override
    public boolean hasPort() {
        return true;
    }

    @Override
    public int pageSize() {
        return NativeAccess.isPossible() ? calls.pageSize() : 0;
    }

    @Override
    public OpenFile open(Path file) throws OsException {
        return new Descriptor(this, calls.openForReading(file));
    }

    /** A file descriptor. */
    private record Descriptor(Linux system, int number) implements OpenFile {
        @Override
        public long size() throws OsException {
            return system.calls.size(number);
        }

        @Override
        public void read(long offset, MemorySegment to) throws OsException {
            system.calls.read(number, offset, to);
        }

        @Override
        public String explainLabel() {
            String label = system.calls.attribute(number, LABEL);
            return label == null
                    ? ""
                    : "SELinux has the label %s for it, so its policy must allow file { read map execute } on that type to the domain of this process, %s. Libraries have the type lib_t: label an installed file so (semanage fcontext -a -t lib_t FILE, then restorecon FILE); leave out a source that the policy forbids (-Ddev.salto.text.sources)"
                            .formatted(label, LinuxRestrictions.domain());
        }

        @Override
        public void close() {
            system.calls.close(number);
        }
    }

    @Override
    public OpenFile sealedCopy(String name, MemorySegment content) throws OsException {
        int descriptor = calls.createMemoryFile(name);
        try {
            calls.write(descriptor, content);
            calls.sealMemoryFile(descriptor);
        } catch (OsException e) {
            calls.close(descriptor);
            throw e;
        }
        return new Descriptor(this, descriptor);
    }

    @Override
    public boolean mayEndProcessForSealedCopy() {
        return !LinuxRestrictions.hasNoFilter();
    }

    @Override
    public String remedyForSealedCopy() {
        return "allow memfd_create, or executable mappings of memory files";
    }

    @Override
    public long random() throws OsException {
        return calls.random();
    }

    @Override
    public CodeMapping map(OpenFile file, long offset, TableShape shape) throws OsException {
        long address = calls.mmap(shape.imageSize(), LinuxCalls.PROT_READ | LinuxCalls.PROT_EXEC,
                LinuxCalls.MAP_SHARED, ((Descriptor) file).number(), offset);
        return new LinuxCode(this, address, shape);
    }

    @Override
    public MemoryRange map(long size) throws OsException {
        return new MemoryRange(calls.mapMemory(size), size);
    }

    @Override
    public void unmap(MemoryRange memory) {
        try {
            calls.munmap(memory.address(), memory.size());
        } catch (OsException e) {
            // It stays mapped, but unused.
        }
    }

    @Override
    public void allowWriting(MemoryRange memory) throws OsException {
        calls.mprotect(memory.address(), memory.size(), LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE);
    }

    @Override
    public void forbidWriting(MemoryRange memory) throws OsException {
        calls.mprotect(memory.address(), memory.size(), LinuxCalls.PROT_READ);
    }

    @Override
    public void orderLoadsOfOtherThreads() {
        calls.membarrier();
    }

    @Override
    public boolean canOrderLoadsOfOtherThreads() {
        return calls.hasMembarrier();
    }

    @Override
    public void await(long address, int expected, long nanos) {
        calls.futexWait(address, expected, nanos);
    }

    @Override
    public void wake(long address) {
        calls.futexWake(address);
    }

    @Override
    public void atExit(long function, long argument) throws OsException {
        calls.atExit(function, argument);
    }

    @Override
    public void warmUp() {
        calls.warmUp();
    }

    @Override
    public String limitOfTables() {
        return "each table takes two of the process's mappings, which vm.max_map_count limits";
    }

    @Override
    public String describe(long address) {
        return LinuxMappings.describe(address);
    }

    @Override
    public long callWithZeros(long function) {
        return calls.callWithZeros(function);
    }

    @Override
    public long lastErrorOffset(long calculator) {
        return calls.lastErrorOffset(calculator);
    }

    @Override
    public Map<String, String> restrictions() {
        return new LinuxRestrictions(calls).read();
    }

    @Override
    public Optional<Boolean> isAnyWritableAndExecutable(List<MemoryRange> ranges) {
        return LinuxMappings.isAnyWritableAndExecutable(ranges);
    }
}
