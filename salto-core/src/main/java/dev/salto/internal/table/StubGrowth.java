// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Slots whose function pointers are made one by one. */
final class StubGrowth implements Growth {
    private final Kind kind;
    private final StubMaker maker;

    StubGrowth(Kind kind, StubMaker maker) {
        this.kind = kind;
        this.maker = maker;
    }

    @Override
    public boolean areStatic() {
        return false;
    }

    @Override
    public int takeRow() {
        return Tables.NONE;
    }

    @Override
    public Table grow() {
        return Tables.add(StubTable.CAPACITY, number -> new StubTable(number, kind));
    }

    @Override
    public boolean preparesSlots() {
        return true;
    }

    @Override
    public void prepare(Table table, int slot) {
        ((StubTable) table).make(slot, maker);
    }

    @Override
    public void joined(Table table) {}
}
