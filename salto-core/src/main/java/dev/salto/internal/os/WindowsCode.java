// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * A section of an image. Each view of it has the code of both sorts of tables, and behind it their
 * data, which is copied when it is written. So a view is one table of each sort. Views need no
 * file, and nothing in them is ever writable and executable.
 */
final class WindowsCode implements CodeMapping {
    // Microsoft's "PE Format": places in the headers
    private static final int PLACE_OF_SIGNATURE = 0x3c;
    private static final int IMAGE_BASE = 0x30;
    private static final int EXCEPTION_TABLE = 0xa0;
    private static final int FUNCTION_SIZE = 12;

    /** The address in the file of each text image. Windows replaces it by that of a view. */
    private static final long IMAGE_BASE_IN_FILE = 0x180000000L;

    private final WindowsCalls calls;
    private final long section;
    private final TableShape shape;
    private final MemorySegment code;
    private final long page;
    private final SpareViews forTables = new SpareViews();
    private final SpareViews forIndexTables = new SpareViews();
    private boolean isFirstInUse;

    /** Takes the section over. */
    private WindowsCode(WindowsCalls calls, long section, long first, TableShape shape) {
        this.calls = calls;
        this.section = section;
        this.shape = shape;
        this.code = MemorySegment.ofAddress(first).reinterpret(shape.imageSize()).asReadOnly();
        this.page = calls.pageSize();
    }

    /** Maps a section's first view. */
    static WindowsCode map(WindowsCalls calls, long file, TableShape shape) throws OsException {
        long section = calls.createImageSection(file);
        try {
            long view = calls.mapView(section);
            if (!hasShape(calls, view, shape)) {
                calls.unmapView(view);
                throw new OsException(
                        "the file is mapped with other sizes or rights than the text image of this version of Salto; install the one that came with these classes");
            }
            return new WindowsCode(calls, section, view, shape);
        } catch (OsException | RuntimeException | Error e) {
            calls.close(section);
            throw e;
        }
    }

    /** Whether all of a table can be read, before it is compared, and nothing is too much. */
    private static boolean hasShape(WindowsCalls calls, long view, TableShape shape) {
        long at = view;
        while (at < view + shape.tableSize()) {
            WindowsCalls.Region region = calls.query(at).orElse(null);
            if (region == null || region.allocation() != view || !region.isCommitted()
                    || region.isWritableAndExecutable()) {
                return false;
            }
            at = region.end();
        }
        return true;
    }

    /** Views of which one half is free. */
    private static final class SpareViews {
        /** More are wasted, because a table that is handed out must not fail any more. */
        private static final int MOST = 256;

        private final long[] views = new long[MOST];
        private int count;

        /** Returns a view, or 0. */
        synchronized long take() {
            return count == 0 ? 0 : views[--count];
        }

        synchronized void put(long view) {
            if (count < MOST) {
                views[count++] = view;
            }
        }
    }

    @Override
    public MemorySegment code() {
        return code;
    }

    /** With the address that the file has in its header. */
    @Override
    public MemorySegment content() {
        long place = Memory.getInt(code.address() + PLACE_OF_SIGNATURE) + (long) IMAGE_BASE;
        if (place < 0 || place > page - Long.BYTES || Memory.getLong(code.address() + place) != code.address()) {
            return code;
        }
        byte[] copy = code.toArray(ValueLayout.JAVA_BYTE);
        MemorySegment content = MemorySegment.ofArray(copy);
        content.set(ValueLayout.JAVA_LONG_UNALIGNED, place, IMAGE_BASE_IN_FILE);
        return content;
    }

    /** A view with both halves free and read-only, and with its unwind information registered. */
    private synchronized long newView() throws OsException {
        long view = isFirstInUse ? calls.mapView(section) : code.address();
        try {
            long header = view + Memory.getInt(view + PLACE_OF_SIGNATURE);
            long table = view + Memory.getInt(header + EXCEPTION_TABLE);
            calls.addFunctionTable(table, Memory.getInt(header + EXCEPTION_TABLE + Integer.BYTES) / FUNCTION_SIZE,
                    view);
            calls.protect(view + shape.imageSize(), shape.tableSize() - shape.imageSize(), false);
        } catch (OsException | RuntimeException | Error e) {
            if (isFirstInUse) {
                calls.unmapView(view);
            }
            throw e;
        }
        isFirstInUse = true;
        return view;
    }

    @Override
    public TableMemory addTable() throws OsException {
        long view = forTables.take();
        if (view == 0) {
            view = newView();
            forIndexTables.put(view);
        }
        TableMemory table = new WindowsTable(calls, view, shape);
        try {
            table.allowWriting();
        } catch (OsException | RuntimeException | Error e) {
            forTables.put(view);
            throw e;
        }
        return table;
    }

    /** Maps one table, because each takes a view. */
    @Override
    public List<IndexTableMemory> addIndexTables(long[][] headers, int entryPlace) throws OsException {
        long view = forIndexTables.take();
        if (view == 0) {
            view = newView();
            forTables.put(view);
        }
        long table = view + shape.indexOffset();
        long place = table + shape.indexCodeSize();
        try {
            // Nobody has a function pointer of this table, and x86-64 keeps the order of stores and
            // of loads.
            calls.protect(place, page, true);
            Memory.setWords(place, headers[0]);
            Memory.setWord(place + entryPlace, table + Memory.getWord(place + entryPlace));
            VarHandle.fullFence();
            calls.protect(place, page, false);
        } catch (OsException | RuntimeException | Error e) {
            forIndexTables.put(view);
            throw e;
        }
        return List.of(new WindowsIndexTable(calls, table, shape.indexCodeSize(), page));
    }

    @Override
    public void unmap() throws OsException {
        calls.unmapView(code.address());
        calls.close(section);
    }

    /** The code with blocks of a view, and the data behind it. */
    private static final class WindowsTable extends TableMemory {
        private final WindowsCalls calls;

        WindowsTable(WindowsCalls calls, long code, TableShape shape) {
            super(code, shape);
            this.calls = calls;
        }

        @Override
        public void allowWriting() throws OsException {
            calls.protect(parameters(), parametersSize(), true);
        }

        @Override
        public void forbidWriting() throws OsException {
            calls.protect(parameters(), parametersSize(), false);
        }

        /** Windows has no call that takes the right to change mappings away. */
        @Override
        public void seal() throws OsException {
            forbidWriting();
        }
    }

    /** The code by index of a view, and one page behind it. */
    private static final class WindowsIndexTable extends IndexTableMemory {
        private final WindowsCalls calls;

        WindowsIndexTable(WindowsCalls calls, long code, long codeSize, long page) {
            super(code, codeSize, page);
            this.calls = calls;
        }

        /** One thread at a time, so that none takes the right to write from another. */
        @Override
        public synchronized void setHeaderWord(int place, long value) throws OsException {
            calls.protect(header(), headerSize(), true);
            try {
                Memory.setWordRelease(header() + place, value);
            } finally {
                calls.protect(header(), headerSize(), false);
            }
        }
    }
}
