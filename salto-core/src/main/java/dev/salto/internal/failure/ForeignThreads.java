// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The choices of some types for threads that Java did not make: names, and handlers for the first
 * entry and the last exit. All methods may be called from any thread.
 */
public final class ForeignThreads {
    private static final String NAME_OF_JVM = "Thread-";

    private static final Pattern NUMBERED = Pattern.compile(NAME_OF_JVM + "[0-9]+");

    /** A handler of the user, which is called once for each thread. */
    public static final class Handler {
        private final Consumer<? super Thread> handler;
        private final ThreadLocal<Boolean> isCalled = new ThreadLocal<>();

        /** A handler that was not called yet. */
        public Handler(Consumer<? super Thread> handler) {
            this.handler = handler;
        }

        /** Whether it is the first time that the current thread asks. */
        private boolean isFirst() {
            boolean isFirst = isCalled.get() == null;
            isCalled.set(true);
            return isFirst;
        }

        private void call(Thread thread) {
            try {
                handler.accept(thread);
            } catch (Throwable e) {
                UncaughtExceptions.report(e, "An exception left a handler of foreign threads.");
            }
        }

        @Override
        public String toString() {
            return handler.toString();
        }
    }

    private final @Nullable String prefix;
    private final @Nullable Handler firstEntry;
    private final @Nullable Handler lastExit;
    private final ThreadLocal<Boolean> isKnown = new ThreadLocal<>();

    /**
     * Makes the choices, each null if it was not made.
     *
     * @param prefix the beginning of the names
     * @param firstEntry called on the thread
     * @param lastExit called after the end of the thread
     */
    public ForeignThreads(@Nullable String prefix, @Nullable Handler firstEntry, @Nullable Handler lastExit) {
        this.prefix = prefix;
        this.firstEntry = firstEntry;
        this.lastExit = lastExit;
    }

    /** Sees the current thread call. Throws nothing. */
    public void see() {
        if (isKnown.get() == null) {
            meet(Thread.currentThread());
        }
    }

    private void meet(Thread thread) {
        // A virtual thread is Java's, and is not worth an entry.
        if (thread.isVirtual()) {
            return;
        }
        try {
            isKnown.set(true);
            if (isForeign()) {
                enter(thread);
            }
        } catch (Throwable e) {
            UncaughtExceptions.report(e, "A foreign thread could not be prepared.");
        }
    }

    /**
     * Whether native code has made the current thread. The stack of a thread that Java has started
     * begins with a {@code run} method. Here it begins with the callback.
     */
    private static boolean isForeign() {
        return StackWalker.getInstance().walk(new StackOfCallback());
    }

    /** Whether a stack has only frames of a callback so far. Frames of dispatchers are hidden. */
    private static final class StackOfCallback
            implements
                Function<Stream<StackWalker.StackFrame>, Boolean>,
                Predicate<StackWalker.StackFrame> {
        @Override
        public Boolean apply(Stream<StackWalker.StackFrame> frames) {
            return frames.allMatch(this);
        }

        @Override
        public boolean test(StackWalker.StackFrame frame) {
            String name = frame.getClassName();
            return name.startsWith("dev.salto.internal.") || name.startsWith("jdk.internal.foreign.")
                    || name.startsWith("java.lang.invoke.");
        }
    }

    private void enter(Thread thread) {
        String name = thread.getName();
        if (prefix != null && NUMBERED.matcher(name).matches()) {
            thread.setName(prefix + name.substring(NAME_OF_JVM.length()));
        }
        if (lastExit != null && lastExit.isFirst()) {
            Thread _ = Thread.ofVirtual().name("Salto waits for " + thread.getName())
                    .start(new Watch(thread, lastExit));
        }
        if (firstEntry != null && firstEntry.isFirst()) {
            firstEntry.call(thread);
        }
    }

    /** Waits for the end of a thread. */
    private record Watch(Thread thread, Handler handler) implements Runnable {
        @Override
        public void run() {
            try {
                thread.join();
                handler.call(thread);
            } catch (InterruptedException e) {
                // Nobody knows this thread.
            }
        }
    }
}
