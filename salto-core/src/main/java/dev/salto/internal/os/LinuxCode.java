// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * A mapping of code. Further tables are duplicates of it, which need no file and no right to
 * execute.
 */
final class LinuxCode implements CodeMapping {
    private final Linux system;
    private final MemorySegment code;
    private final TableShape shape;

    LinuxCode(Linux system, long address, TableShape shape) {
        this.system = system;
        this.code = MemorySegment.ofAddress(address).reinterpret(shape.imageSize()).asReadOnly();
        this.shape = shape;
    }

    @Override
    public MemorySegment code() {
        return code;
    }

    @Override
    public TableMemory addTable() throws OsException {
        LinuxCalls calls = system.calls();
        long table = calls.mapMemory(shape.tableSize());
        try {
            calls.duplicate(code.address(), shape.codeSize(), table);
        } catch (OsException | RuntimeException | Error e) {
            calls.munmapAfter(e, table, shape.tableSize());
            throw e;
        }
        return new LinuxTable(system, table, shape);
    }

    @Override
    public List<IndexTableMemory> addIndexTables(long[][] headers, int entryPlace) throws OsException {
        LinuxCalls calls = system.calls();
        int count = headers.length;
        long page = calls.pageSize();
        long size = shape.indexCodeSize() + page;
        List<IndexTableMemory> tables = new ArrayList<>(count);
        long place = calls.mapMemory(count * size);
        try {
            for (int i = 0; i < count; i++) {
                long table = place + i * size;
                long[] words = headers[i].clone();
                words[entryPlace / Memory.WORD_SIZE] += table;
                Memory.setWords(table + shape.indexCodeSize(), words);
            }
            // A thread that can execute the code, which comes last, reads these words: see
            // text-image.h.
            VarHandle.fullFence();
            calls.mprotect(place, count * size, LinuxCalls.PROT_READ);
            while (tables.size() < count) {
                long table = place + tables.size() * size;
                IndexTableMemory memory = LinuxIndexTable.of(system, table, shape.indexCodeSize(), page);
                calls.duplicate(code.address() + shape.indexOffset(), shape.indexCodeSize(), table);
                tables.add(memory);
            }
        } catch (OsException | RuntimeException | Error e) {
            calls.munmapAfter(e, place + tables.size() * size, (count - tables.size()) * size);
            if (tables.isEmpty()) {
                throw e;
            }
        }
        return tables;
    }

    @Override
    public void unmap() throws OsException {
        system.calls().munmap(code.address(), shape.imageSize());
    }

    /** A duplicate of the code, and anonymous memory behind it. */
    private static final class LinuxTable extends TableMemory {
        private final Linux system;

        LinuxTable(Linux system, long code, TableShape shape) {
            super(code, shape);
            this.system = system;
        }

        @Override
        public void allowWriting() throws OsException {
            system.calls().mprotect(parameters(), parametersSize(), LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE);
        }

        @Override
        public void forbidWriting() throws OsException {
            system.calls().mprotect(parameters(), parametersSize(), LinuxCalls.PROT_READ);
        }

        @Override
        public void seal() throws OsException {
            forbidWriting();
            system.calls().mseal(code(), codeSize());
            system.calls().mseal(parameters(), parametersSize());
        }
    }

    /** A duplicate of the code by index, and one page behind it. */
    private static final class LinuxIndexTable extends IndexTableMemory {
        private final Linux system;

        private LinuxIndexTable(Linux system, long code, long codeSize, long page) {
            super(code, codeSize, page);
            this.system = system;
        }

        /**
         * Not a constructor: for its type, the verifier would load this class with the other one.
         */
        static IndexTableMemory of(Linux system, long code, long codeSize, long page) {
            return new LinuxIndexTable(system, code, codeSize, page);
        }

        /** One thread at a time, so that none takes the right to write from another. */
        @Override
        public synchronized void setHeaderWord(int place, long value) throws OsException {
            LinuxCalls calls = system.calls();
            calls.mprotect(header(), headerSize(), LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE);
            try {
                Memory.setWordRelease(header() + place, value);
            } finally {
                calls.mprotect(header(), headerSize(), LinuxCalls.PROT_READ);
            }
        }
    }
}
