// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A system for which there are no text images. It refuses everything with the reason. */
final class NoPort implements Os {
    private static OsException refusal() {
        return new OsException(
                "Salto has no port for %s; it supports %s".formatted(System.getProperty("os.name"), SUPPORTED));
    }

    @Override
    public boolean hasPort() {
        return false;
    }

    @Override
    public int pageSize() {
        return 0;
    }

    @Override
    public OpenFile open(Path file) throws OsException {
        throw refusal();
    }

    @Override
    public OpenFile sealedCopy(String name, MemorySegment content) throws OsException {
        throw refusal();
    }

    @Override
    public boolean mayEndProcessForSealedCopy() {
        return false;
    }

    @Override
    public String remedyForSealedCopy() {
        return "use one of " + SUPPORTED;
    }

    @Override
    public long random() throws OsException {
        throw refusal();
    }

    @Override
    public CodeMapping map(OpenFile file, long offset, TableShape shape) throws OsException {
        throw refusal();
    }

    @Override
    public MemoryRange map(long size) throws OsException {
        throw refusal();
    }

    @Override
    public void unmap(MemoryRange memory) {
        // There is none.
    }

    @Override
    public void allowWriting(MemoryRange memory) throws OsException {
        throw refusal();
    }

    @Override
    public void forbidWriting(MemoryRange memory) throws OsException {
        throw refusal();
    }

    @Override
    public void orderLoadsOfOtherThreads() {
        // No thread has a function pointer of Salto's.
    }

    @Override
    public boolean canOrderLoadsOfOtherThreads() {
        return false;
    }

    @Override
    public void await(long address, int expected, long nanos) {
        throw new IllegalStateException(refusal().getMessage());
    }

    @Override
    public void wake(long address) {
        throw new IllegalStateException(refusal().getMessage());
    }

    @Override
    public void atExit(long function, long argument) throws OsException {
        throw refusal();
    }

    @Override
    public void warmUp() {
        // There are no tables.
    }

    @Override
    public String limitOfTables() {
        return "there can be none";
    }

    @Override
    public String describe(long address) {
        return "%#x".formatted(address);
    }

    @Override
    public long callWithZeros(long function) {
        throw new IllegalStateException(refusal().getMessage());
    }

    @Override
    public Map<String, String> restrictions() {
        return Map.of();
    }

    @Override
    public Optional<Boolean> isAnyWritableAndExecutable(List<MemoryRange> ranges) {
        return Optional.empty();
    }
}
