// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.text.callers.Callers;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntBinaryOperator;

/**
 * Has a closed closure called while nobody can log. The argument: for how many seconds. Prints how
 * many calls there were, and which thread was held up.
 */
final class HeldUpLog extends OutputStream {
    private static final int MILLISECONDS = 100;
    private static final int SECOND = 1_000;

    private final PrintStream out = System.out;
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile String heldUp = "nobody";

    private HeldUpLog() {}

    public static void main(String[] arguments) throws InterruptedException {
        TimeLimit.start(30);
        HeldUpLog log = new HeldUpLog();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        MemorySegment function;
        try (Closure<IntBinaryOperator> closure = ClosureType
                .<IntBinaryOperator>of(IntBinaryOperator.class, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT))
                .bind((_, _) -> 1)) {
            function = closure.address();
        }
        int rounds = Integer.parseInt(arguments[0]) * SECOND / MILLISECONDS;
        for (int i = 0; i < rounds; i++) {
            if (Callers.callRepeatedly(function, 100, 1) != 0) {
                throw new AssertionError("a closed closure answers");
            }
            Thread.sleep(MILLISECONDS);
        }
        System.out.println("heldUp=" + log.heldUp);
        System.out.println("calls=" + Salto.statistics().usesAfterFree());
        log.mayGoOn.countDown();
    }

    @Override
    public void write(int oneByte) {
        write(new byte[]{(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        heldUp = Thread.currentThread().getName();
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        out.write(bytes, offset, length);
        out.flush();
    }
}
