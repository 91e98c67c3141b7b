// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import dev.salto.Salto;
import dev.salto.Statistics;
import dev.salto.internal.events.Events;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts stubs by caller, and by the reason why the JDK made them. With the report, it counts them
 * by call site, which takes a microsecond for each.
 */
final class StubCounts {
    /** The report has as many call sites and reasons; others are counted together. */
    private static final int MOST = 1_000;

    private static final String OTHERS = "(others)";

    /** Of as many stubs, one looks how many are open. */
    private static final int SAMPLE = 256;

    /** The callers of a copy of Salto: gates, and the linker that has the JDK check arguments. */
    private static final String SALTO = "dev.salto.internal.";
    private static final String SALTO_LINKER = "dev.salto.StaticLinker";

    private volatile boolean isByCallSite;
    private final Map<String, CallerCounts> callers = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> callSites = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private final AtomicBoolean isInRecording = new AtomicBoolean();
    private final AtomicLong mostOpen = new AtomicLong();
    private final AtomicLong untilSample = new AtomicLong();

    private final ClassValue<CallerCounts> byClass = new ClassValue<>() {
        @Override
        protected CallerCounts computeValue(Class<?> caller) {
            return add(caller);
        }
    };

    /** From now on, stubs are counted by call site, too. */
    void countCallSites() {
        isByCallSite = true;
    }

    /** The counts of a calling class. */
    CallerCounts of(Class<?> caller) {
        return byClass.get(caller);
    }

    private CallerCounts add(Class<?> caller) {
        String name = caller.getName();
        // The JDK makes classes beside a caller, for reflection and for method references.
        String plain = upTo(upTo(name, "/"), "$$");
        String key = callers.size() < MOST || callers.containsKey(plain) ? plain : OTHERS;
        return callers.computeIfAbsent(key, known -> new CallerCounts(known,
                name.startsWith(SALTO) || name.equals(SALTO_LINKER), this));
    }

    private static String upTo(String name, String mark) {
        int place = name.indexOf(mark);
        return place <= 0 ? name : name.substring(0, place);
    }

    Map<String, CallerCounts> callers() {
        return callers;
    }

    Map<String, LongAdder> callSites() {
        return callSites;
    }

    Map<String, LongAdder> reasons() {
        return reasons;
    }

    /** The largest number of stubs that were open at one time, roughly. */
    long mostOpen() {
        sample();
        return mostOpen.get();
    }

    /**
     * Counts a stub.
     *
     * @param reason why the JDK makes it; null for a static trampoline
     */
    void note(CallerCounts caller, @Nullable String reason) {
        if (reason != null) {
            increment(reasons, reason);
        }
        if (isByCallSite) {
            increment(callSites, callSite(caller));
            if (reason == null && untilSample.getAndIncrement() % SAMPLE == 0) {
                sample();
            }
        }
        if (!isInRecording.get() && Events.isRecording() && isInRecording.compareAndSet(false, true)) {
            StubsRecorder.start(this);
        }
    }

    private static void increment(Map<String, LongAdder> counts, String key) {
        LongAdder count = counts.get(key);
        if (count == null) {
            count = counts.computeIfAbsent(counts.size() < MOST ? key : OTHERS, _ -> new LongAdder());
        }
        count.increment();
    }

    private void sample() {
        Statistics statistics = Salto.statistics();
        mostOpen.accumulateAndGet(statistics.bound() - statistics.closed(), Math::max);
    }

    private static String callSite(CallerCounts caller) {
        Optional<StackWalker.StackFrame> frame = StackWalker.getInstance().walk(frames -> frames
                .filter(one -> !isBetween(one.getClassName())).findFirst());
        return frame.map(StackWalker.StackFrame::toString).orElse(caller.name());
    }

    /** Whether a class is one of the agent or of the JDK. */
    private static boolean isBetween(String className) {
        return className.startsWith("dev.salto.agent.") || className.startsWith("jdk.internal.")
                || className.startsWith("java.lang.");
    }
}
