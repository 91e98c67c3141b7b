// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** A mapping of code. Further tables are duplicates of it, which need no file and no right to execute. */
final class LinuxCode implements CodeMapping {
    /** With so many tables, the next ones get their memory together: a call to the system less for each. */
    private static final int MANY = 8;

    /** How many get it together. */
    private static final int AT_ONCE = 16;

    private final Linux system;
    private final MemorySegment code;
    private final TableShape shape;

    /** How many tables were mapped. */
    private int mapped;

    /** Memory for the next tables, and where it ends. */
    private long reserved;

    private long reservedEnd;

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
    public synchronized TableMemory addTable() throws OsException {
        if (reserved == reservedEnd) {
            reserve(mapped < MANY ? 1 : AT_ONCE);
        }
        TableMemory table = mapCode(reserved);
        reserved += distance();
        mapped++;
        return table;
    }

    @Override
    public TableMemory addGrave() throws OsException {
        long address = system.calls().mapMemory(shape.tableSize(), LinuxCalls.MAP_SHARED);
        try {
            return mapCode(address);
        } catch (OsException e) {
            system.calls().munmapAfter(e, address, shape.tableSize());
            throw e;
        }
    }

    @Override
    public IndexTableMemory addIndexTable(long[] header, int entryPlace) throws OsException {
        LinuxCalls calls = system.calls();
        long page = calls.pageSize();
        long size = shape.codeSize() + page;
        // Keeps the place of the header, which is not to be seen before it is complete.
        long table = calls.reserve(size);
        try {
            calls.duplicate(code.address() + shape.indexOffset(), shape.codeSize(), table);
            long fresh = calls.mapMemory(page, LinuxCalls.MAP_PRIVATE);
            try {
                Memory.setWords(fresh, header);
                Memory.setWord(fresh + entryPlace, table + Memory.getWord(fresh + entryPlace));
                // Whoever can read the header at its place reads these words: see text-image.h.
                VarHandle.fullFence();
                calls.mprotect(fresh, page, LinuxCalls.PROT_READ);
                calls.move(fresh, page, table + shape.codeSize());
            } catch (OsException e) {
                calls.munmapAfter(e, fresh, page);
                throw e;
            }
        } catch (OsException e) {
            calls.munmapAfter(e, table, size);
            throw e;
        }
        return new LinuxIndexTable(system, table, shape.codeSize(), page);
    }

    @Override
    public void unmap() throws OsException {
        system.calls().munmap(code.address(), shape.imageSize());
    }

    private void reserve(int tables) throws OsException {
        long size = tables * distance();
        try {
            reserved = system.calls().mapMemory(size, LinuxCalls.MAP_PRIVATE);
            reservedEnd = reserved + size;
        } catch (OsException e) {
            if (tables == 1) {
                throw e;
            }
            // Where there is no room for all of them, there may be for one.
            reserve(1);
        }
    }

    /** How far a table is from the next one, in memory that was reserved for several: a multiple of the page size, whichever it is. */
    private long distance() {
        return Math.ceilDiv(shape.tableSize(), shape.codeSize()) * shape.codeSize();
    }

    /** Maps the code in place of where the memory of a table begins. */
    private TableMemory mapCode(long address) throws OsException {
        system.calls().duplicate(code.address(), shape.codeSize(), address);
        return new LinuxTable(system, address, shape);
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
        public void bury(TableMemory grave) throws OsException {
            system.calls().duplicate(grave.parameters(), parametersSize(), parameters());
        }

        @Override
        public void exhume(TableMemory grave) throws OsException {
            long fresh = system.calls().mapMemory(parametersSize(), LinuxCalls.MAP_PRIVATE);
            try {
                Memory.copy(grave.parameters(), fresh, parametersSize());
                system.calls().move(fresh, parametersSize(), parameters());
            } catch (OsException e) {
                system.calls().munmapAfter(e, fresh, parametersSize());
                throw e;
            }
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
        private final long page;

        LinuxIndexTable(Linux system, long code, long codeSize, long page) {
            super(code, codeSize);
            this.system = system;
            this.page = page;
        }

        /** One at a time, so that none takes the right to write away from another. */
        @Override
        public synchronized void setHeaderWord(int place, long value) throws OsException {
            LinuxCalls calls = system.calls();
            calls.mprotect(header(), page, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE);
            try {
                Memory.setWordRelease(header() + place, value);
            } finally {
                calls.mprotect(header(), page, LinuxCalls.PROT_READ);
            }
        }
    }
}
