// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import dev.salto.internal.text.Warnings;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Logs calls of closed closures in a thread of its own. The threads that make the calls may hold
 * locks of foreign code, for example the dynamic loader's. Logging takes locks too, loads classes
 * and opens files.
 *
 * <p>The thread starts before the first closure, because nothing of that may be done when one is
 * called.
 */
public final class ReportThread implements Runnable {
    /** More than can pass in some seconds in which a logger is held up. */
    private static final int MOST_WAITING = 16;

    /** For how long the end of the process waits for the thread. */
    private static final long SECONDS_TO_END = 2;

    private static final Queue<Report> WAITING = new ArrayBlockingQueue<>(MOST_WAITING);
    private static final RateLimit LIMIT = new RateLimit();

    /** Held while reports are taken and logged. */
    private static final ReentrantLock LOGGING = new ReentrantLock();

    /** Null if there is none. */
    private static volatile @Nullable Thread thread;

    private final boolean isAtExit;

    private ReportThread(boolean isAtExit) {
        this.isAtExit = isAtExit;
    }

    /**
     * A call that is to be logged.
     *
     * @param place where the calling thread was; null if another thread reports the call
     * @param skipped how many calls were not logged before it
     */
    private record Report(StaleCall call, @Nullable Throwable place, long skipped) {
        String describe() {
            return call.describe(place == null ? List.of() : JavaFrames.of(place))
                    + (skipped == 0 ? "" : " " + describeSkipped(skipped));
        }
    }

    private static String describeSkipped(long skipped) {
        return skipped + " more calls of closed closures were counted and not logged.";
    }

    /** Starts the thread, unless that was done before. */
    public static synchronized void start() {
        if (thread != null) {
            return;
        }
        try {
            Thread made = Thread.ofPlatform().daemon().name("Salto reports").inheritInheritableThreadLocals(false)
                    .unstarted(new ReportThread(false));
            made.start();
            thread = made;
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("Salto reports at exit")
                    .inheritInheritableThreadLocals(false).unstarted(new ReportThread(true)));
        } catch (OutOfMemoryError | IllegalStateException e) {
            // There is no thread to be had, so the threads that call log themselves; or the process
            // is ending.
        }
    }

    /** Has a call logged, unless there were too many just before. Does not wait for that. */
    static void report(StaleCall call) {
        OptionalLong permit = LIMIT.tryPass();
        if (permit.isEmpty()) {
            return;
        }
        boolean isCaller = Thread.currentThread().equals(call.thread());
        Report report = new Report(call, isCaller ? new Throwable() : null, permit.getAsLong());
        Thread logging = thread;
        if (logging == null) {
            Warnings.log(report.describe());
        } else if (WAITING.offer(report)) {
            LockSupport.unpark(logging);
        } else {
            LIMIT.giveUp(report.skipped() + 1);
        }
    }

    @Override
    public void run() {
        if (isAtExit) {
            printRest();
            return;
        }
        while (true) {
            try {
                logAll();
            } catch (Throwable e) {
                UncaughtExceptions.report(e, "A call of a closed closure could not be logged.");
            }
            LockSupport.park();
        }
    }

    private static void logAll() {
        LOGGING.lock();
        try {
            for (Report report = WAITING.poll(); report != null; report = WAITING.poll()) {
                log(report.describe());
            }
        } finally {
            LOGGING.unlock();
        }
    }

    /** Logs a message, and prints it if the logger may have been closed meanwhile. */
    private static void log(String message) {
        if (!isProcessEnding()) {
            Warnings.log(message);
        }
        if (isProcessEnding()) {
            Warnings.print(message);
        }
    }

    /** Whether shutdown hooks have started: then none can be added. */
    private static boolean isProcessEnding() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return !Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Prints what is left. Loggers may be closed already. */
    private static void printRest() {
        boolean isLocked = false;
        try {
            isLocked = LOGGING.tryLock(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // All the more reason to go on.
        }
        for (Report report = WAITING.poll(); report != null; report = WAITING.poll()) {
            Warnings.print(report.describe());
        }
        long skipped = LIMIT.takeSkipped();
        if (skipped > 0) {
            Warnings.print(describeSkipped(skipped));
        }
        if (isLocked) {
            LOGGING.unlock();
        }
    }
}
