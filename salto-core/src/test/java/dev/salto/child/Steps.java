// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.ArgumentHandler;
import dev.salto.Arguments;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.Salto;
import dev.salto.Statistics;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.LongToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Closures of many types, which are bound, rebound and closed one step at a time. A step may fail
 * at any point, by an error that the JVM throws. It allocates nothing itself, and calls nothing but
 * what it is about. Later it is known which closures are open, and that is compared with what Salto
 * counts and with what the function pointers answer. For one thread at a time.
 */
final class Steps {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final int REMEMBERED = 1 << 16;
    private static final int GROWTH = 3_000;
    private static final int GROWTH_OF_DYNAMIC = 300;

    /** Own interfaces, so that each type has tables of its own. */
    interface First extends IntBinaryOperator {}

    interface Second extends IntBinaryOperator {}

    /** An object for closures of all types, which answers with its number. */
    private static final class Numbered
            implements
                First,
                Second,
                IntUnaryOperator,
                IntSupplier,
                LongToIntFunction,
                ArgumentHandler {
        final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public int applyAsInt(int a, int b) {
            return number;
        }

        @Override
        public int applyAsInt(int a) {
            return number;
        }

        @Override
        public int getAsInt() {
            return number;
        }

        @Override
        public int applyAsInt(long a) {
            return number;
        }

        @Override
        public void call(Arguments arguments) {
            arguments.setReturn(number);
        }
    }

    private enum State {
        CLOSED, BINDING, OPEN, REBINDING, CLOSING,
        /** An arena that is closed, but an error came before its closure was. */
        LEFT_OPEN_BY_ARENA
    }

    /** One closure may be bound at a time. */
    private abstract static class Item {
        final Numbered[] targets;
        int current;
        long address;
        State state = State.CLOSED;

        Item(int number) {
            targets = new Numbered[]{new Numbered(2 * number + 1), new Numbered(2 * number + 2)};
        }

        Numbered target() {
            return targets[current];
        }

        abstract void bind();

        abstract void rebind();

        abstract void close();

        /** Closes what a failed close may have left open, and checks that it is closed. */
        abstract State closeAgain();

        void failedToBind() {}

        /** Lets go of what is closed. */
        void forget() {}
    }

    /** Binds objects: a closure type, or a call interface. */
    private interface Binder<T> {
        Closure<T> bind(T target);
    }

    private static final class ByClosure<T> extends Item {
        private final Binder<T> type;
        private final @Nullable String label;
        private @Nullable Closure<T> closure;

        ByClosure(int number, Binder<T> type, @Nullable String label) {
            super(number);
            this.type = type;
            this.label = label;
        }

        static <T> ByClosure<T> of(int number, ClosureType<T> type) {
            return new ByClosure<>(number, type::bind, null);
        }

        static ByClosure<ArgumentHandler> of(int number, CallInterface type) {
            return new ByClosure<>(number, type::bind, null);
        }

        static <T> ByClosure<T> labelled(int number, ClosureType<T> type) {
            return new ByClosure<>(number, type::bind, "number " + number);
        }

        @Override
        @SuppressWarnings("unchecked")
        void bind() {
            Closure<T> bound = type.bind((T) target());
            closure = bound;
            if (label != null) {
                bound.labelled(label);
            }
        }

        @Override
        void failedToBind() {
            if (closure != null) {
                closure.close();
            }
        }

        void requireLabel() {
            Optional<String> found = Objects.requireNonNull(closure).label();
            if (!found.equals(Optional.ofNullable(label))) {
                throw new AssertionError("an open closure has the label %s instead of %s".formatted(found, label));
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        void rebind() {
            Objects.requireNonNull(closure).rebind((T) target());
        }

        @Override
        void close() {
            Objects.requireNonNull(closure).close();
        }

        @Override
        void forget() {
            closure = null;
        }

        @Override
        State closeAgain() {
            Closure<T> own = Objects.requireNonNull(closure);
            if (own.isOpen()) {
                requireLabel();
            }
            close();
            requireClosed(own::address);
            return State.CLOSED;
        }
    }

    private static final class ByAddress<T> extends Item {
        private final ClosureType<T> type;

        ByAddress(int number, ClosureType<T> type) {
            super(number);
            this.type = type;
        }

        @Override
        @SuppressWarnings("unchecked")
        void bind() {
            address = type.bindAddress((T) target());
        }

        @Override
        @SuppressWarnings("unchecked")
        void rebind() {
            type.rebindAddress(address, (T) target());
        }

        @Override
        void close() {
            type.closeAddress(address);
        }

        @Override
        State closeAgain() {
            try {
                close();
            } catch (IllegalStateException _) {
                // The failed attempt did it.
            }
            requireClosed(this::close);
            return State.CLOSED;
        }
    }

    private static final class ByArena<T> extends Item {
        private final ClosureType<T> type;
        private @Nullable Arena arena;

        ByArena(int number, ClosureType<T> type) {
            super(number);
            this.type = type;
        }

        @Override
        @SuppressWarnings("unchecked")
        void bind() {
            Arena own = Arena.ofConfined();
            arena = own;
            address = type.bind((T) target(), own).address();
        }

        @Override
        void rebind() {
            // There is no way to do it, so the object stays the one that it was.
            current ^= 1;
        }

        @Override
        void close() {
            Objects.requireNonNull(arena).close();
        }

        @Override
        void forget() {
            arena = null;
        }

        @Override
        State closeAgain() {
            if (Objects.requireNonNull(arena).scope().isAlive()) {
                close();
                return State.CLOSED;
            }
            return State.LEFT_OPEN_BY_ARENA;
        }

        @Override
        void failedToBind() {
            Arena own = arena;
            if (own != null && own.scope().isAlive()) {
                own.close();
            }
        }
    }

    private final List<Item> made = new ArrayList<>();
    private final List<LeftOpen> leftOpen = new ArrayList<>();

    /** A closure whose arena was closed without it, as far as is known. */
    private record LeftOpen(long address, int answer) {}

    private Item[] items = {};

    /** A type whose binds are traced; null if none are. */
    private @Nullable ClosureType<Second> traced;

    private final long[] closed = new long[REMEMBERED];
    private int closedCount;
    private int next;
    private long random = 42;
    private long usedBefore;

    private Steps() {}

    /** Types each with one closure at a time. */
    static Steps ofSingleClosures() {
        Steps steps = new Steps();
        // Interfaces of the JDK, because nothing is made again for these after collections.
        steps.add(ByClosure.of(0, ofIntBinaryOperator()));
        steps.add(ByClosure.of(1, ofIntUnaryOperator()));
        steps.add(new ByAddress<>(2, ofIntSupplier()));
        steps.add(new ByArena<>(3, ofLongToIntFunction()));
        for (int i = 0; i < 40; i++) {
            steps.add(ByClosure.of(steps.made.size(), callInterface(i)));
        }
        return steps.begin();
    }

    /** A few types with several hundred closures at a time. */
    static Steps ofBusyTypes() {
        Steps steps = new Steps();
        ClosureType<First> first = type(First.class);
        ClosureType<Second> second = type(Second.class);
        CallInterface dynamic = callInterface(0);
        for (int i = 0; i < 400; i++) {
            steps.add(ByClosure.of(steps.made.size(), first));
            steps.add(new ByArena<>(steps.made.size(), first));
            steps.add(new ByAddress<>(steps.made.size(), second));
            steps.add(ByClosure.of(steps.made.size(), dynamic));
        }
        return steps.begin();
    }

    /** Types that have had few closures so far, and each will have more than fit into a table. */
    static Steps ofGrowingTypes() {
        // Grows once where nothing fails, for the classes that this takes.
        ClosureType<Second> second = type(Second.class);
        List<Closure<Second>> closures = Stream.generate(() -> second.bind((_, _) -> 1)).limit(GROWTH).toList();
        closures.forEach(Closure::close);

        Steps steps = new Steps();
        steps.addByAddress(ofIntBinaryOperator());
        steps.addByAddress(ofIntUnaryOperator());
        steps.addByAddress(ofIntSupplier());
        steps.addByAddress(ofLongToIntFunction());
        for (int i = 0; i < GROWTH; i++) {
            steps.add(ByClosure.of(steps.made.size(), callInterface(i / GROWTH_OF_DYNAMIC)));
        }
        return steps.begin();
    }

    /**
     * Types with several hundred closures at a time. Their binds and closes are traced, and some
     * closures have labels.
     */
    static Steps ofTracedTypes() {
        Steps steps = new Steps();
        ClosureType<First> first = traced(First.class);
        ClosureType<Second> second = traced(Second.class);
        for (int i = 0; i < 200; i++) {
            steps.add(ByClosure.labelled(steps.made.size(), first));
            steps.add(new ByArena<>(steps.made.size(), first));
            steps.add(new ByAddress<>(steps.made.size(), second));
        }
        steps.traced = second;
        return steps.begin();
    }

    private static <T> ClosureType<T> traced(Class<T> functionalInterface) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface, BINARY, ClosureOption.traceBinds(true),
                ClosureOption.traceCloses(true));
    }

    private static ClosureType<IntBinaryOperator> ofIntBinaryOperator() {
        return ClosureType.of(IntBinaryOperator.class, BINARY);
    }

    private static ClosureType<IntUnaryOperator> ofIntUnaryOperator() {
        return ClosureType.of(IntUnaryOperator.class, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    }

    private static ClosureType<IntSupplier> ofIntSupplier() {
        return ClosureType.of(IntSupplier.class, FunctionDescriptor.of(JAVA_INT));
    }

    private static ClosureType<LongToIntFunction> ofLongToIntFunction() {
        return ClosureType.of(LongToIntFunction.class, FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    }

    private static <T> ClosureType<T> type(Class<T> functionalInterface) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface, BINARY);
    }

    /** A type of its own for each number. None of the arguments is looked at. */
    static CallInterface callInterface(int number) {
        MemoryLayout[] kinds = {JAVA_INT, JAVA_LONG, JAVA_DOUBLE, ADDRESS};
        List<MemoryLayout> arguments = new ArrayList<>(List.of(JAVA_INT, JAVA_INT));
        for (int rest = number; rest > 0; rest /= kinds.length) {
            arguments.add(kinds[rest % kinds.length]);
        }
        return CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, arguments.toArray(MemoryLayout[]::new)));
    }

    private void addByAddress(ClosureType<?> type) {
        for (int i = 0; i < GROWTH; i++) {
            add(new ByAddress<>(made.size(), type));
        }
    }

    private void add(Item item) {
        made.add(item);
    }

    /** Uses each type once, so that nothing of it is made later, and begins to count. */
    private Steps begin() {
        items = made.toArray(Item[]::new);
        for (Item item : items) {
            item.bind();
            item.rebind();
            item.close();
            item.forget();
        }
        usedBefore = used();
        return this;
    }

    private static long used() {
        Statistics statistics = Salto.statistics();
        return statistics.bound() - statistics.closed();
    }

    /** One step with any of the closures. */
    void takeAny() {
        random = random * 6364136223846793005L + 1442695040888963407L;
        take(items[(int) ((random >>> 33) % items.length)], (random >>> 20 & 1) == 0);
    }

    /** Binds the next of the closures. If that fails, it is tried again the next time. */
    void bindNext() {
        Item item = items[next];
        if (item.state == State.BINDING) {
            item.failedToBind();
        }
        bind(item);
        next++;
    }

    /**
     * Closes the closure that {@link #bindNext} bound last. If that fails, {@link #settle} tries it
     * again.
     */
    void closeLast() {
        close(items[--next]);
    }

    /** How many closures {@link #bindNext} has not bound. */
    int left() {
        return items.length - next;
    }

    int count() {
        return items.length;
    }

    private static void bind(Item item) {
        item.state = State.BINDING;
        item.address = 0;
        item.bind();
        item.state = State.OPEN;
    }

    private void close(Item item) {
        item.state = State.CLOSING;
        item.close();
        item.state = State.CLOSED;
        noteClosed(item);
    }

    private void take(Item item, boolean closes) {
        if (item.state == State.CLOSED) {
            bind(item);
        } else if (item.state == State.OPEN && closes) {
            close(item);
        } else if (item.state == State.OPEN) {
            item.state = State.REBINDING;
            item.current ^= 1;
            item.rebind();
            item.state = State.OPEN;
        }
    }

    private void noteClosed(Item item) {
        if (item.address != 0) {
            closed[closedCount++ % REMEMBERED] = item.address;
        }
    }

    /**
     * Does once more what failed, so that it is known what is open. To be called where nothing
     * fails.
     */
    void settle() {
        for (Item item : items) {
            switch (item.state) {
                case BINDING -> {
                    item.failedToBind();
                    item.state = State.CLOSED;
                }
                case REBINDING -> {
                    item.rebind();
                    item.state = State.OPEN;
                }
                case CLOSING -> {
                    item.state = item.closeAgain();
                    if (item.state == State.LEFT_OPEN_BY_ARENA) {
                        leftOpen.add(new LeftOpen(item.address, item.target().number));
                    } else {
                        noteClosed(item);
                    }
                }
                default -> {
                }
            }
            if (item.state == State.OPEN && item.address == 0) {
                item.address = address(item);
            }
        }
    }

    private static long address(Item item) {
        return switch (item) {
            case ByClosure<?> one -> Objects.requireNonNull(one.closure).address().address();
            default -> throw new AssertionError("an open function pointer is 0");
        };
    }

    /**
     * Checks everything after {@link #settle}. Leaves the closures open.
     *
     * @throws AssertionError if something is wrong
     */
    void check() {
        Set<Long> addresses = new HashSet<>();
        int open = 0;
        for (Item item : items) {
            if (item.state == State.OPEN) {
                open++;
                if (!addresses.add(item.address)) {
                    throw new AssertionError("two open closures share the address %#x".formatted(item.address));
                }
                requireAnswer(item.target().number, item.address);
                if (item instanceof ByClosure<?> one) {
                    one.requireLabel();
                }
            }
        }
        for (LeftOpen left : leftOpen) {
            if (call(left.address) == left.answer && addresses.add(left.address)) {
                open++;
            }
        }
        for (int i = 0; i < Math.min(closedCount, REMEMBERED); i++) {
            if (!addresses.contains(closed[i])) {
                requireAnswer(0, closed[i]);
            }
        }
        System.out.println("open=" + open);
        if (used() - usedBefore != open) {
            throw new AssertionError("%d closures are open, and Salto counts %d".formatted(open, used() - usedBefore));
        }
    }

    /**
     * Binds, rebinds, calls and closes closures of all types on another thread, and checks all
     * answers.
     */
    void useOnAnotherThread() throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        Thread thread = new Thread(() -> {
            for (Item item : items) {
                use(switch (item) {
                    case ByClosure<?> one -> new ByClosure<>(0, one.type, one.label);
                    case ByAddress<?> one -> new ByAddress<>(0, one.type);
                    case ByArena<?> one -> new ByArena<>(0, one.type);
                    default -> throw new AssertionError(item);
                });
            }
            if (traced != null) {
                requireTraced(traced);
            }
        }, "another thread");
        thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
        thread.start();
        thread.join();
        if (!failures.isEmpty()) {
            throw new AssertionError("on another thread", failures.getFirst());
        }
    }

    private static void requireTraced(ClosureType<Second> type) {
        try (Closure<Second> _ = type.bind((_, _) -> 1)) {
            if (type.openClosures().stream().flatMap(group -> group.boundAt().stream().limit(1))
                    .noneMatch(frame -> frame.getMethodName().equals("requireTraced"))) {
                throw new AssertionError("a bind was not traced: " + type.openClosures());
            }
        }
    }

    private static void use(Item item) {
        item.bind();
        item.address = item instanceof ByClosure ? address(item) : item.address;
        requireAnswer(1, item.address);
        if (!(item instanceof ByArena)) {
            item.current = 1;
            item.rebind();
            requireAnswer(2, item.address);
        }
        item.close();
        requireAnswer(0, item.address);
    }

    private static void requireAnswer(int expected, long address) {
        int answer = call(address);
        if (answer != expected) {
            throw new AssertionError("the function pointer %#x answers %d instead of %d".formatted(address, answer,
                    expected));
        }
    }

    private static int call(long address) {
        return Callers.callRepeatedly(MemorySegment.ofAddress(address), 1, 7);
    }

    private static void requireClosed(Runnable use) {
        try {
            use.run();
        } catch (IllegalStateException _) {
            return;
        }
        throw new AssertionError("a closure that was closed can still be used");
    }
}
