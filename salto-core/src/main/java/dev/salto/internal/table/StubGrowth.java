// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.List;

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
    public int[] takeRows(int wanted) {
        return new int[0];
    }

    @Override
    public List<Table> grow(int wanted) {
        return Tables.add(StubTable.CAPACITY, 1, numbers -> List.of(new StubTable(numbers[0], kind)));
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
