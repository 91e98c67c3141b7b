// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.Closure;
import dev.salto.Salto;
import dev.salto.TrampolineTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One class of objects after another, each of which is called until it has a gate of its own. For
 * one thread at a time, where nothing else is said.
 */
final class Promoting {
    /** As many as a process promotes at the most. */
    private static final int MOST = 256;

    /**
     * So many closures of a class are switched over to its gate, in some tables, one after the
     * other.
     */
    private static final int CLOSURES = 3 * TrampolineTable.capacity();

    /** How many calls there are in a step. */
    private static final int CALLS = 50;

    /** How many steps there are before the gates are counted, which takes longer than a step. */
    private static final int STEPS = 100;

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final byte[] TEMPLATE = read(Template.class);

    private final List<Numbered> objects = new ArrayList<>();
    private final List<Closure<Numbered>> closures = new ArrayList<>();
    private volatile MethodHandle maker;
    private volatile long gatesBefore;
    private int next;

    /** The classes are all like this one. */
    static final class Template extends Numbered {}

    /**
     * Has a type promote more classes than usual. Each test is in a JVM of its own, so that the
     * type is made after that.
     */
    Promoting() {
        System.setProperty("dev.salto.promotion", Integer.toString(MOST));
        maker = newClass();
        // Closures of two classes have one gate without further ado.
        new Numbered().bind().close();
        object().bind().close();
    }

    private static byte[] read(Class<?> type) {
        try (InputStream stream = type.getResourceAsStream(type.getName().replaceFirst(".*\\.", "") + ".class")) {
            return Objects.requireNonNull(stream).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes one more class, and returns its constructor. */
    private static MethodHandle newClass() {
        try {
            // Strong, because the gate of a class that was unloaded serves the next one.
            MethodHandles.Lookup made = LOOKUP.defineHiddenClass(TEMPLATE, true,
                    MethodHandles.Lookup.ClassOption.STRONG);
            return made.findConstructor(made.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Numbered.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a class is like its template", e);
        }
    }

    /** A new object of the class that is promoted now. By any thread. */
    Numbered object() {
        try {
            return (Numbered) maker.invokeExact();
        } catch (Throwable e) {
            throw new LinkageError("a constructor throws nothing", e);
        }
    }

    /** Whether that class's gate is made: its closures are led there just now. By any thread. */
    boolean hasGate() {
        return Salto.statistics().gates() > gatesBefore;
    }

    /** Says which class is promoted now. By any thread. */
    Object current() {
        return maker;
    }

    /**
     * Calls closures of a class, and begins with another class when that one is promoted.
     *
     * @return {@link Numbered#RIGHT} if all calls reach their objects
     */
    int step() {
        if (closures.isEmpty()) {
            begin();
        }
        int place = next++ % closures.size();
        int answer = objects.get(place).ask(closures.get(place).address(), CALLS);
        return next % STEPS == 0 && hasGate() && !end() ? Numbered.WRONG : answer;
    }

    private void begin() {
        gatesBefore = Salto.statistics().gates();
        maker = newClass();
        for (int i = 0; i < CLOSURES; i++) {
            Numbered object = object();
            objects.add(object);
            closures.add(object.bind());
        }
    }

    private boolean end() {
        boolean isRight = true;
        for (int i = 0; i < CLOSURES; i++) {
            isRight &= objects.get(i).ask(closures.get(i).address()) == Numbered.RIGHT;
            closures.get(i).close();
        }
        objects.clear();
        closures.clear();
        return isRight;
    }
}
