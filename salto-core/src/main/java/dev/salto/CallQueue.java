// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.CallRing;
import dev.salto.internal.data.Recorder;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.OsException;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue of calls that native code makes and Java reads later. It is for callbacks that only
 * report: log lines, progress, audio meters, signals. Such a call stores its arguments and returns
 * a fixed result. It takes some nanoseconds, never waits and never enters Java.
 *
 * {@snippet :
 * try (CallQueue queue = CallQueue.create(1024, 400)) {
 *     RecordedClosure log = queue.bind(CallInterface.parse("void(pointer, int, pointer)"),
 *             RecordingOption.copyString(2, 380));
 *     // hand log.address() to native code, and later:
 *     queue.drain(call -> System.out.println(call.arguments().getInt(1) + ": " + call.string(2)));
 * }
 * }
 *
 * <p><b>Native callers.</b> Native code may call in signal handlers, in threads that the JVM does
 * not know, in a library's initialisation, and after the JVM's end. It may call within a downcall
 * with {@link java.lang.foreign.Linker.Option#critical}. The call leaves {@code errno} as it was.
 *
 * <p><b>Order and losses.</b> If the queue is full, a call returns its result and is counted
 * ({@link #lost}). Calls of one thread are taken in their order. Calls of different threads are
 * taken in any order. A signal handler must not leave a call that it has interrupted by
 * {@code longjmp}: the calls behind it would never be taken.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. One thread at a time takes a call,
 * or is in {@link #drain}; others wait for it. A thread that waits for a call in {@link #take()} is
 * in nobody's way. Several threads that take calls use {@code drain}, because a call that
 * {@code take} and {@code poll} return ends when any thread takes the next one.
 *
 * <p><b>Lifetime.</b> Its native memory is kept for other queues after {@link #close}, because a
 * native call may be inside.
 */
public final class CallQueue implements AutoCloseable {
    private static final int DEFAULT_BYTES_PER_CALL = 40;

    /** With one record, the turn of a published call would be that of a free record. */
    private static final int FEWEST_CALLS = 2;

    /** The largest capacity of a queue. */
    private static final int MOST_CALLS = 1 << 24;

    /** The largest number of bytes per call. */
    private static final int MOST_BYTES = 1 << 20;

    /** How often {@link #take} looks again before it sleeps. */
    private static final int SPINS = 200;

    private static final AtomicInteger IDS = new AtomicInteger();

    private final TextImage image;
    private final CallRing ring;
    private final RecordedCall call;
    private final int idPlace;
    private final int lostPlace;

    /** Held by the consumer, except while it sleeps. */
    private final ReentrantLock taking = new ReentrantLock();

    /** Signalled when no thread sleeps, and one that waits may do so. */
    private final Condition isPassedOn = taking.newCondition();

    /** Whether a thread sleeps until a call wakes it; with {@link #taking}. */
    private boolean hasSleeper;

    /** Those that are open or have calls in the queue: a hash table by id. Never changed. */
    private volatile @Nullable RecordedClosure[] closures = new RecordedClosure[2];

    private long lostOfForgotten;
    private volatile boolean isClosed;

    private CallQueue(TextImage image, CallRing ring) {
        TextIndex index = image.index();
        this.image = image;
        this.ring = ring;
        this.call = new RecordedCall(index.frame("record", "thread"), index.frame("record", "clock"));
        this.idPlace = index.frame("record", "id");
        this.lostPlace = index.frame("record", "lost");
    }

    /**
     * Creates a queue with room for 40 bytes of each call besides registers.
     *
     * @param capacity as in {@link #create(int, int)}
     * @return a new queue, to be closed
     * @throws IllegalArgumentException as {@link #create(int, int)}
     * @throws TrampolinesUnsupportedException as {@link #create(int, int)}
     * @throws IllegalCallerException as {@link #create(int, int)}
     * @throws IllegalStateException as {@link #create(int, int)}
     */
    public static CallQueue create(int capacity) {
        return create(capacity, DEFAULT_BYTES_PER_CALL);
    }

    /**
     * Creates a queue. Its memory is divided by threads, so that they do not wait for each other.
     * Each part has room for {@code capacity} calls.
     *
     * @param capacity the number of calls of one thread that the queue has room for, at least; from
     *     1 to 2<sup>24</sup>
     * @param bytesPerCall the size of what a call has besides registers, from 0 to 2<sup>20</sup>.
     *     This is arguments on the stack, copied bytes, and a word for each pointer to such bytes
     * @return a new queue, to be closed
     * @throws IllegalArgumentException if a number is out of its range
     * @throws TrampolinesUnsupportedException if static trampolines do not work here, for example
     *     because Salto has no port for this system. On Windows, calls cannot be recorded. The
     *     message says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     * @throws IllegalStateException if the system refuses the memory; the message holds its reason
     */
    public static CallQueue create(int capacity, int bytesPerCall) {
        if (capacity < 1 || capacity > MOST_CALLS || bytesPerCall < 0 || bytesPerCall > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a queue of %d calls with %d bytes each was asked for; it can have 1 to %d calls with 0 to %d bytes"
                            .formatted(capacity, bytesPerCall, MOST_CALLS, MOST_BYTES));
        }
        TextImage image = TrampolinesUnsupportedException.textImageThatRecords();
        WarmUp.runForData();
        try {
            return new CallQueue(image,
                    CallRing.of(image, Math.max(FEWEST_CALLS, Integer.highestOneBit(2 * capacity - 1)), bytesPerCall));
        } catch (OsException e) {
            throw noMemory(e);
        }
    }

    private static IllegalStateException noMemory(OsException e) {
        return new IllegalStateException("the system refuses memory for recorded calls: " + e.getMessage()
                + "; create a smaller queue", e);
    }

    /**
     * Makes a function pointer whose calls go into this queue.
     *
     * @param type the function's type
     * @param options the result, and bytes to keep
     * @return a new closure, to be closed; {@link RecordedCall#closure} tells calls of different
     *     closures apart
     * @throws IllegalArgumentException if an option does not fit the function, or
     *     {@code bytesPerCall} is too small. Or calls of the function cannot be recorded, because
     *     it returns a struct in its caller's memory
     * @throws IllegalStateException if the queue is closed, or the system has no memory or no
     *     mapping left
     */
    public RecordedClosure bind(CallInterface type, RecordingOption... options) {
        return bindTo(type, null, options);
    }

    /**
     * Makes a function pointer whose calls go into this queue, and from there to a handler.
     *
     * @param type the function's type
     * @param handler gets the calls from {@link #drain()}
     * @param options the result, and bytes to keep
     * @return a new closure, to be closed
     * @throws IllegalArgumentException as {@link #bind(CallInterface, RecordingOption...)}
     * @throws IllegalStateException as {@link #bind(CallInterface, RecordingOption...)}
     */
    public RecordedClosure bind(CallInterface type, RecordedCallHandler handler, RecordingOption... options) {
        return bindTo(type, Objects.requireNonNull(handler, "handler"), options);
    }

    private synchronized RecordedClosure bindTo(CallInterface type, @Nullable RecordedCallHandler handler,
            RecordingOption... options) {
        requireOpen();
        int id = IDS.incrementAndGet();
        boolean hasClock = RecordingOption.haveClock(options) && image.index().frame("record", "has_clock") != 0;
        @Nullable
        RecordedClosure[] all = withRoom();
        try {
            Recorder recorder = Recorder.bind(image, ring, type.abi().convention(), type.descriptor(), type.fixed(),
                    RecordingOption.result(type.descriptor(), options),
                    RecordingOption.copies(type.descriptor(), options), hasClock, id);
            RecordedClosure closure = new RecordedClosure(this, type, recorder, id, handler, hasClock);
            put(all, closure);
            closures = all;
            return closure;
        } catch (OsException e) {
            throw noMemory(e);
        }
    }

    /** A copy of the table with room for one more, without closures that are closed and drained. */
    private @Nullable RecordedClosure[] withRoom() {
        // Only then do the consumer's positions stay as they are.
        boolean mayForget = taking.tryLock();
        try {
            return withRoom(mayForget);
        } finally {
            if (mayForget) {
                taking.unlock();
            }
        }
    }

    private @Nullable RecordedClosure[] withRoom(boolean mayForget) {
        @Nullable
        RecordedClosure[] before = closures;
        int count = 1;
        for (RecordedClosure closure : before) {
            count += closure == null || (mayForget && isForgotten(closure)) ? 0 : 1;
        }
        @Nullable
        RecordedClosure[] after = new RecordedClosure[Integer.highestOneBit(count) * 4];
        for (RecordedClosure closure : before) {
            if (closure != null && mayForget && isForgotten(closure)) {
                lostOfForgotten += closure.lost();
            } else if (closure != null) {
                put(after, closure);
            }
        }
        return after;
    }

    private boolean isForgotten(RecordedClosure closure) {
        long[] closedAt = closure.closedAt();
        return closedAt != null && ring.hasRead(closedAt);
    }

    private static void put(@Nullable RecordedClosure[] all, RecordedClosure closure) {
        int place = closure.id() & all.length - 1;
        while (all[place] != null) {
            place = place + 1 & all.length - 1;
        }
        all[place] = closure;
    }

    /** The closure of a record; null if its calls were not in the queue when it was forgotten. */
    private @Nullable RecordedClosure find(int id) {
        @Nullable
        RecordedClosure[] all = closures;
        for (int place = id & all.length - 1;; place = place + 1 & all.length - 1) {
            RecordedClosure closure = all[place];
            if (closure == null || closure.id() == id) {
                return closure;
            }
        }
    }

    /**
     * Hands all calls that are in the queue to the handlers that their closures were bound with.
     *
     * @return the number of calls
     * @throws IllegalStateException if the queue is closed, a handler takes calls, or a closure was
     *     bound without a handler; that call is lost
     */
    public int drain() {
        return drain(CallQueue::callHandler);
    }

    private static void callHandler(RecordedCall call) {
        RecordedCallHandler handler = call.closure().handler();
        if (handler == null) {
            throw new IllegalStateException(
                    "%s was bound without a handler; bind it with one, or pass a handler to drain"
                            .formatted(call.closure()));
        }
        handler.call(call);
    }

    /**
     * Hands all calls that are in the queue to a handler. It waits for no call. It ends after some
     * time even if native code goes on calling. The call that the handler reads takes its room in
     * the queue until the handler returns.
     *
     * @param handler gets each call, on this thread; its exceptions leave this method, and later
     *     calls stay in the queue
     * @return the number of calls
     * @throws IllegalStateException if the queue is closed, or a handler takes calls
     */
    public int drain(RecordedCallHandler handler) {
        Objects.requireNonNull(handler, "handler");
        begin();
        try {
            call.end();
            int count = 0;
            long most = (long) ring.capacity() * ring.stripes();
            for (long record = ring.next(); record != 0 && count < most; record = ring.next()) {
                count += handle(record, handler) ? 1 : 0;
            }
            return count;
        } finally {
            call.end();
            taking.unlock();
        }
    }

    /**
     * Takes the next call, if there is one. The call before is no longer valid.
     *
     * @return the call, valid until calls are taken again; null if there is none
     * @throws IllegalStateException if the queue is closed, or this is called by a handler
     */
    public @Nullable RecordedCall poll() {
        begin();
        try {
            return advance() ? call : null;
        } finally {
            taking.unlock();
        }
    }

    /**
     * Takes the next call. Sleeps until there is one. The call before is no longer valid.
     *
     * @return the call, valid until calls are taken again
     * @throws InterruptedException if the thread is interrupted. A platform thread that sleeps sees
     *     it within a tenth of a second
     * @throws IllegalStateException if the queue is closed, also meanwhile, or this is called by a
     *     handler
     */
    public RecordedCall take() throws InterruptedException {
        RecordedCall next = null;
        while (next == null) {
            next = takeWithin(Long.MAX_VALUE);
        }
        return next;
    }

    /**
     * Takes the next call. Sleeps until there is one, or the time is over. The call before is no
     * longer valid.
     *
     * @param timeout the longest time to wait
     * @return the call, valid until calls are taken again; null if there was none
     * @throws InterruptedException if the thread is interrupted. A platform thread that sleeps sees
     *     it within a tenth of a second
     * @throws IllegalStateException if the queue is closed, also meanwhile, or this is called by a
     *     handler
     */
    public @Nullable RecordedCall take(Duration timeout) throws InterruptedException {
        long nanos;
        try {
            nanos = timeout.toNanos();
        } catch (ArithmeticException e) {
            nanos = timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
        return takeWithin(nanos);
    }

    private @Nullable RecordedCall takeWithin(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        requireNoHandler();
        if (!taking.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return null;
        }
        try {
            requireOpen();
            for (int i = 0; i < SPINS; i++) {
                if (advance()) {
                    return call;
                }
                Thread.onSpinWait();
            }
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return null;
                }
                awaitCall(left);
                requireOpen();
                if (advance()) {
                    return call;
                }
            }
        } finally {
            passOn();
            taking.unlock();
        }
    }

    /**
     * Waits until there may be a call, or a time is over. One thread sleeps in the kernel, and
     * calls wake it. Other threads wait for its place. The lock is free meanwhile.
     */
    @SuppressWarnings("WaitNotInLoop") // the caller has the loop
    private void awaitCall(long nanos) throws InterruptedException {
        if (hasSleeper) {
            long _ = isPassedOn.awaitNanos(nanos);
        } else if (ring.beginSleep()) {
            hasSleeper = true;
            taking.unlock();
            try {
                ring.sleep(nanos);
            } finally {
                taking.lock();
                hasSleeper = false;
            }
        }
    }

    /** Gives the place of the thread that sleeps to another one, if it is free. */
    private void passOn() {
        if (!hasSleeper) {
            isPassedOn.signal();
        }
    }

    /** Makes the current thread the consumer, until it unlocks. */
    private void begin() {
        requireNoHandler();
        taking.lock();
        if (isClosed) {
            taking.unlock();
            throw isClosed();
        }
    }

    private void requireNoHandler() {
        if (taking.isHeldByCurrentThread()) {
            throw new IllegalStateException("a handler of recorded calls cannot take calls of its own queue");
        }
    }

    /**
     * Ends the call before, and begins the next one, if there is one. It is a copy, because the
     * record is free for another call now.
     */
    private boolean advance() {
        call.end();
        long record = ring.next();
        while (record != 0) {
            RecordedClosure closure = closure(record);
            if (closure != null) {
                Memory.copy(record, ring.copy(), closure.recorder().size());
                ring.free();
                call.begin(closure, ring.copy(), lostBefore(closure, ring.copy()));
                return true;
            }
            ring.free();
            record = ring.next();
        }
        return false;
    }

    /**
     * Hands the next call to a handler, which reads it where it is.
     *
     * @return whether its closure was not forgotten
     */
    private boolean handle(long record, RecordedCallHandler handler) {
        try {
            RecordedClosure closure = closure(record);
            if (closure != null) {
                call.begin(closure, record, lostBefore(closure, record));
                handler.call(call);
            }
            return closure != null;
        } finally {
            ring.free();
        }
    }

    private @Nullable RecordedClosure closure(long record) {
        return find((int) Memory.getWord(record + idPlace));
    }

    /** How many calls of a closure are known to be lost since it was asked before. */
    private long lostBefore(RecordedClosure closure, long record) {
        long lost = Math.max(Memory.getWord(record + lostPlace) - closure.knownLost, 0);
        closure.knownLost += lost;
        return lost;
    }

    /**
     * {@return the number of calls of all closures that found the queue full, so far}
     * {@link RecordedCall#lostBefore} says where.
     */
    public synchronized long lost() {
        long sum = lostOfForgotten;
        for (RecordedClosure closure : closures) {
            sum += closure == null ? 0 : closure.lost();
        }
        return sum;
    }

    /** {@return the number of calls of one thread that the queue has room for} */
    public int capacity() {
        return ring.capacity();
    }

    /** {@return whether it is open} */
    public boolean isOpen() {
        return !isClosed;
    }

    synchronized void close(RecordedClosure closure) {
        if (closure.isOpen()) {
            closure.stop(ring.tails());
        }
    }

    /**
     * Closes all closures of the queue, and forgets the calls that are in it. Threads that wait for
     * a call get an exception. Closing it again does nothing.
     *
     * @throws IllegalStateException if a handler of this queue calls it
     */
    @Override
    public void close() {
        if (taking.isHeldByCurrentThread()) {
            throw new IllegalStateException("a handler of recorded calls cannot close its own queue");
        }
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            for (RecordedClosure closure : closures) {
                if (closure != null) {
                    close(closure);
                }
            }
        }
        taking.lock();
        try {
            while (hasSleeper) {
                ring.wake();
                isPassedOn.awaitUninterruptibly();
            }
            while (advance()) {
                // The next one ends it.
            }
            ring.release();
        } finally {
            passOn();
            taking.unlock();
        }
    }

    private void requireOpen() {
        if (isClosed) {
            throw isClosed();
        }
    }

    private static IllegalStateException isClosed() {
        return new IllegalStateException("the queue of recorded calls is closed");
    }

    @Override
    public String toString() {
        return "CallQueue[%d calls%s]".formatted(capacity(), isClosed ? ", closed" : "");
    }
}
