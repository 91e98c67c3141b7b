// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ExitClosures;
import dev.salto.Salto;
import dev.salto.text.callers.ExitCallers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * Ends while native threads call closures of all kinds, and has exit handlers call them too. The
 * argument is the way to end. Prints the number of sets of functions, and the types that were left
 * out.
 */
final class Ending {
    private static final int THREADS = 4;
    private static final int ROUNDS = 3;
    private static final int CODE = 7;

    private Ending() {}

    public static void main(String[] arguments) throws Throwable {
        TimeLimit.start(Integer.getInteger("dev.salto.tests.limit", 100));
        ExitCallers callers = new ExitCallers(List.of(), new int[0]);
        // Before the library starts, so these calls come after its own handler.
        callers.callAtExit();
        Salto.initialize();
        ExitClosures closures = new ExitClosures();
        System.out.println("kinds=" + closures.names().size());
        closures.leftOut().forEach(type -> System.out.println("leftOut=" + type));
        callers.set(closures.functions(), closures.atEnd().stream().mapToInt(Integer::intValue).toArray());
        for (int i = 0; i < THREADS; i++) {
            callers.startThread();
        }
        while (callers.rounds() < ROUNDS) {
            Thread.onSpinWait();
        }
        end(arguments[0], callers);
    }

    private static void end(String way, ExitCallers callers) throws Throwable {
        switch (way) {
            case "return" -> {
                callers.callAtExit();
            }
            case "exception" -> {
                callers.callAtExit();
                throw new IllegalStateException("as planned");
            }
            case "exit" -> {
                callers.callAtExit();
                System.exit(CODE);
            }
            case "hook" -> {
                callers.callAtExit();
                long before = callers.rounds();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    while (callers.rounds() < before + ROUNDS) {
                        Thread.onSpinWait();
                    }
                }));
                System.exit(CODE);
            }
            case "signal" -> {
                callers.callAtExit();
                int _ = (int) link("raise").invokeExact(15);
                Thread.sleep(60_000);
            }
            case "halt" -> Runtime.getRuntime().halt(CODE);
            case "native" -> {
                int _ = (int) link("exit").invokeExact(CODE);
            }
            default -> throw new IllegalArgumentException(way);
        }
    }

    private static MethodHandle link(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }
}
