// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Closure;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Binds, calls, rebinds, calls and closes closures of all shapes, as fast as it can. Several share
 * the shapes' tables.
 */
final class ChurnWorker implements Worker {
    private static final int MOST = 400;
    private static final int NUMBERS = 1 << 20;
    private static final int REBOUND = 4;

    private final List<Shape<?>> shapes = Shape.all();
    private final SplittableRandom random;
    private final Ledger ledger;

    /**
     * A worker.
     *
     * @param workers how many of its kind there are in all
     */
    ChurnWorker(SplittableRandom random, Ledger ledger, int workers) {
        this.random = random;
        this.ledger = ledger;
        shapes.forEach(shape -> makeRoom(shape, workers));
    }

    private <T> void makeRoom(Shape<T> shape, int workers) {
        Room.make(shape.type(), shape.targets().apply(0), workers * MOST, ledger);
    }

    @Override
    public void round() {
        round(shapes.get(random.nextInt(shapes.size())));
    }

    private <T> void round(Shape<T> shape) {
        int first = random.nextInt(NUMBERS);
        List<Closure<T>> closures = new ArrayList<>();
        int count = random.nextInt(1, MOST + 1);
        for (int i = 0; i < count; i++) {
            closures.add(shape.type().bind(shape.targets().apply(first + i)));
        }
        for (int i = 0; i < count; i++) {
            check(shape, closures.get(i), first + i);
        }
        for (int i = 0; i < count; i += REBOUND) {
            closures.get(i).rebind(shape.targets().apply(first - i));
            check(shape, closures.get(i), first - i);
            ledger.add(Work.REBIND, 1);
        }
        (random.nextBoolean() ? closures : closures.reversed()).forEach(Closure::close);
        ledger.add(Work.CYCLE, count);
        checkClosed(shape, closures.get(random.nextInt(count)), shape.targets().apply(first));
    }

    private <T> void check(Shape<T> shape, Closure<T> closure, int number) {
        ledger.called(shape.name(), shape.answer(closure.address()), shape.expected().applyAsDouble(number));
    }

    /** Closing it once more does nothing, and all else is refused. */
    private <T> void checkClosed(Shape<T> shape, Closure<T> closure, T target) {
        closure.close();
        try {
            closure.rebind(target);
            ledger.wrong("a closed closure of %s was rebound".formatted(shape.name()));
        } catch (IllegalStateException e) {
            // as it should be
        }
    }
}
