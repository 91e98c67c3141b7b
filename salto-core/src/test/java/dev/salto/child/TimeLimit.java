// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends this process when its time is up, and prints the stacks of its threads before that. Works
 * also while the heap is full, or a thread holds the lock of the dynamic loader: exit(3) would wait
 * for that.
 */
final class TimeLimit {
    private static final Set<Thread> VIRTUAL = ConcurrentHashMap.newKeySet();

    private static volatile @Nullable Runnable first;

    private TimeLimit() {}

    /** Gives the process so many seconds from now on. */
    static void start(int seconds) {
        // Links functions, the JDK's native methods among them, and loads classes while that is
        // possible.
        SystemCall.MPROTECT.call();
        int threads = Thread.getAllStackTraces().size();
        System.out.printf("%d threads at first, one with a stack of %d characters%n", threads,
                describe(Thread.currentThread()).length());
        Thread thread = new Thread(() -> endAfter(seconds), "time limit");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Has something run when the time is up, before the stacks are printed: it may free memory for
     * them.
     */
    static void runFirst(Runnable action) {
        first = action;
    }

    /** Has the stack of a virtual thread printed, too. */
    static Thread watch(Thread thread) {
        VIRTUAL.add(thread);
        return thread;
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // there is nothing else to do
    private static void endAfter(int seconds) {
        try {
            Thread.sleep(seconds * 1000L);
            Runnable action = first;
            if (action != null) {
                action.run();
            }
            System.out.println("hang=after " + seconds + " seconds these threads were still there:");
            for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
                System.out.print(describe(entry.getKey(), entry.getValue()));
            }
            for (Thread thread : VIRTUAL) {
                if (thread.isAlive()) {
                    System.out.print(describe(thread));
                }
            }
        } catch (Throwable e) {
            e.printStackTrace(System.out);
        } finally {
            System.out.flush();
            SystemCall.EXIT_GROUP.call(1);
        }
    }

    private static String describe(Thread thread) {
        return describe(thread, thread.getStackTrace());
    }

    private static String describe(Thread thread, StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder("stack of ").append(thread).append(' ').append(thread.getState())
                .append('\n');
        for (StackTraceElement frame : stack) {
            text.append("  ").append(frame).append('\n');
        }
        return text.toString();
    }
}
