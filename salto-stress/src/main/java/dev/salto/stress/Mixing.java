// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Salto;
import java.util.ArrayList;
import java.util.List;

/**
 * One type after another that has objects of three classes, and whose closures are called until the
 * type has its better gates. For one thread at a time, but for {@link #type}.
 */
final class Mixing {
    /** So many closures are in blocks and in some tables. */
    private static final int CLOSURES = 10_000;

    /** A gate that counts calls by class, and one that knows the classes. */
    private static final int GATES = 2;

    /** How many types there are: the gates of each stay for good. */
    private static final int MOST = 300;

    /** How many calls there are in a step. */
    private static final int CALLS = 100;

    private final List<Numbered> objects = new ArrayList<>();
    private final List<Closure<Numbered>> closures = new ArrayList<>();
    private volatile ClosureType<Numbered> type = newType();
    private long gatesBefore;
    private int types;
    private int next;

    /** A class like any other. */
    private static final class Second extends Numbered {}

    /** A class like any other. */
    private static final class Third extends Numbered {}

    /** A type with a handler of its own shares its slots with no other type. */
    private static ClosureType<Numbered> newType() {
        return Numbered.type(ClosureOption.onException(ExceptionPolicy.handleBy(_ -> 0)));
    }

    /** The type whose closures are called now. By any thread. */
    ClosureType<Numbered> type() {
        return type;
    }

    /**
     * Calls closures, or closes some if the type has its gates, and begins with another type when
     * there is none left.
     *
     * @return {@link Numbered#RIGHT} if the last call answered what it should
     */
    int step() {
        if (closures.isEmpty()) {
            begin();
        }
        int place = next++ % closures.size();
        int answer = objects.get(place).ask(closures.get(place).address(), CALLS);
        if (types < MOST && Salto.statistics().gates() >= gatesBefore + GATES) {
            closures.removeLast().close();
            objects.removeLast();
        }
        return answer;
    }

    private void begin() {
        types++;
        ClosureType<Numbered> fresh = newType();
        gatesBefore = Salto.statistics().gates();
        for (int i = 0; i < CLOSURES; i++) {
            Numbered object = i % 3 == 0 ? new Numbered() : i % 3 == 1 ? new Second() : new Third();
            objects.add(object);
            closures.add(fresh.bind(object));
        }
        type = fresh;
    }
}
