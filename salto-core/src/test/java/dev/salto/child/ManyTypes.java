// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Salto;
import dev.salto.text.callers.Callers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * Makes many function types with a few closures each. It prints the mappings and the memory of the
 * process after some of them and after all. The first argument is the sort of types. Closures of
 * {@code fleeting} ones are closed, and nobody keeps the types. Those of {@code open} and
 * {@code typed} ones stay open; the latter have a Java interface each. The other arguments are the
 * number of types, and of closures of each.
 */
public final class ManyTypes {
    private static final int SECONDS = 90;
    private static final int COLLECTIONS = 6;
    private static final int PAUSE = 50;

    /** How many types are made between two looks. */
    private static final int PARTS = 4;

    private interface Typed extends IntBinaryOperator {}

    private final String way;
    private final int types;
    private final int closures;
    private final List<Closure<?>> open = new ArrayList<>();
    private final List<CallInterface> kept = new ArrayList<>();

    private ManyTypes(String way, int types, int closures) {
        this.way = way;
        this.types = types;
        this.closures = closures;
    }

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(SECONDS);
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        new ManyTypes(arguments[0], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2])).run();
    }

    private static final FunctionDescriptor TYPED = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT);

    private void run() throws InterruptedException {
        useTyped(ClosureType.of(MethodHandles.lookup(), Typed.class, TYPED));
        useDynamic(0);
        look("before");
        for (int number = 1; number <= types; number++) {
            if (way.equals("typed")) {
                int own = number;
                useTyped(ClosureType.of(MethodHandles.lookup(), Typed.class, TYPED,
                        ClosureOption.onException(ExceptionPolicy.handleBy(_ -> own))));
            } else {
                useDynamic(number);
            }
            if (number % (types / PARTS) == 0) {
                look("after" + number / (types / PARTS));
            }
        }
        for (int i = 0; i < open.size(); i += 97) {
            int expected = i % closures + 1;
            if (Callers.callRepeatedly(open.get(i).address(), 1, 1) != expected) {
                throw new AssertionError("closure %d of %d does not answer".formatted(i, open.size()));
            }
        }
        System.out.println("open=" + open.size());
        System.out.println("used=" + (Salto.statistics().bound() - Salto.statistics().closed()));
        System.out.println("kept=" + kept.size());
        System.out.println("done=all answers were right");
    }

    private void useTyped(ClosureType<Typed> type) {
        for (int i = 0; i < closures; i++) {
            int answer = i + 1;
            open.add(type.bind((_, _) -> answer));
        }
    }

    private void useDynamic(int number) {
        CallInterface type = Steps.callInterface(number);
        List<Closure<ArgumentHandler>> bound = new ArrayList<>();
        for (int i = 0; i < closures; i++) {
            int answer = i + 1;
            bound.add(type.bind((ArgumentHandler) arguments -> arguments.setReturn(answer)));
        }
        if (way.equals("fleeting")) {
            if (number % 997 == 0 && Callers.callRepeatedly(bound.getLast().address(), 1, 1) != closures) {
                throw new AssertionError("a closure of type %d does not answer".formatted(number));
            }
            bound.forEach(Closure::close);
        } else {
            open.addAll(bound);
            kept.add(type);
        }
    }

    private static void look(String when) throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(PAUSE);
        }
        System.out.println(when + ".mappings=" + lines("/proc/self/maps").size());
        String memory = lines("/proc/self/status").stream().filter(line -> line.startsWith("VmRSS")).findFirst()
                .orElseThrow();
        System.out.println(when + ".kilobytes=" + memory.replaceAll("\\D", ""));
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel has this file", e);
        }
    }
}
