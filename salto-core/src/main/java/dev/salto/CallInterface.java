// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.internal.abi.Convention.NO_DOTS;

import dev.salto.internal.abi.CSignature;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.UnsignedType;
import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.DataDrivenFunction;
import dev.salto.internal.data.HandlerCall;
import dev.salto.internal.data.PackedCalls;
import dev.salto.internal.data.Signatures;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.UncaughtExceptions;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.gate.GateSetting;
import dev.salto.internal.gate.HotFunction;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A function type that is known only at run time, and closures of that type. It is for
 * interpreters, which have no functional interface for each type in a script. It corresponds to
 * libffi's call interface and closures.
 *
 * {@snippet :
 * CallInterface type = CallInterface.prepare(FunctionDescriptor.of(JAVA_DOUBLE, JAVA_INT, JAVA_DOUBLE));
 * try (Closure<ArgumentHandler> closure = type.bind(arguments ->
 *         arguments.setReturn(arguments.getInt(0) * arguments.getDouble(1)))) {
 *     MemorySegment functionPointer = closure.address();
 * }
 * }
 *
 * <p>Its closures are <em>data-driven</em>: one piece of static code stores the arguments of any
 * type, and Java reads them as the type says. So a new type costs microseconds, and no code is made
 * for it unless it becomes {@linkplain Tier hot}. It may be of any
 * {@linkplain Abi calling convention}, and have {@linkplain NativeLayouts types} that the JDK's
 * linker does not know.
 *
 * <p>If the type is known at compile time, a {@link ClosureType} is faster to call.
 *
 * <p>A handler is a {@link CallHandler}, which gets boxed arguments, or an {@link ArgumentHandler},
 * which reads arguments without allocation. The handler object takes the place of C's user data.
 *
 * <p>Call interfaces are immutable and may be shared between threads. There is one at a time for
 * each calling convention and type. A call interface that is not reachable and has no open closure
 * is collected. Then another call interface of the same calling convention may reuse the function
 * pointers of its closures. So keep it for as long as native code may call a closed closure.
 */
public final class CallInterface {
    private static final MethodHandle CALL = findCall();
    /** With room for some, so that the first ones do not wait while it grows. */
    private static final ConcurrentMap<Key, Prepared> PREPARED = new ConcurrentHashMap<>(256);

    private static final ReferenceQueue<CallInterface> COLLECTED = new ReferenceQueue<>();

    /** A call interface, as long as it is reachable. */
    private static final class Prepared extends WeakReference<CallInterface> {
        final Key key;

        Prepared(CallInterface type) {
            super(type, COLLECTED);
            this.key = type.key;
        }
    }

    /** The key of a call interface. */
    private static final class Key {
        final Abi abi;
        final FunctionDescriptor function;
        final int fixed;
        final Tier tier;
        final @Nullable Fallback fallback;
        final ClosureSettings settings;

        /**
         * Calculated once, and not from the whole descriptor, which would take most of the time for
         * a known type.
         */
        private final int hash;

        Key(Abi abi, FunctionDescriptor function, ClosureOptions options) {
            this.abi = abi;
            this.function = function;
            Integer firstVariadicArg = options.firstVariadicArg();
            this.fixed = firstVariadicArg == null ? NO_DOTS : firstVariadicArg;
            this.tier = options.tier();
            this.fallback = options.fallback();
            this.settings = options.settings(function, ClosureSettings.DEFAULT);
            int sum = 31 * abi.hashCode() + fixed;
            for (MemoryLayout layout : function.argumentLayouts()) {
                sum = 31 * sum + hash(layout);
            }
            hash = 31 * sum + (function.returnLayout().isPresent() ? hash(function.returnLayout().get()) : 0);
        }

        private static int hash(MemoryLayout layout) {
            return layout instanceof ValueLayout value
                    ? value.carrier().hashCode() + value.name().hashCode()
                    : layout.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && hash == that.hash && abi == that.abi && fixed == that.fixed
                    && tier == that.tier && fallback == that.fallback && settings.equals(that.settings)
                    && function.equals(that.function);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public String toString() {
            return "%s, %s%s".formatted(abi, function,
                    fixed == NO_DOTS ? "" : ", %d declared".formatted(fixed));
        }
    }

    private final Key key;

    /** Null if closures have to be upcall stubs. */
    private final @Nullable CallPlan plan;

    /** Made at the first use. */
    private volatile @Nullable ClosureType<CallHandler> boxed;

    private volatile @Nullable ClosureType<ArgumentHandler> direct;

    private CallInterface(Key key) {
        this.key = key;
        Signatures.requireKnown(key.function);
        TextImage image = Salto.textImageForClosures(key.fallback);
        WarmUp.runForData();
        this.plan = image == null ? null : new CallPlan(image.index(), key.abi.convention(), key.function, key.fixed);
        if (key.tier == Tier.GATE && !isLinkable(key)) {
            throw new IllegalArgumentException(
                    "%s cannot have a gate: upcall stubs know only Abi.NATIVE without three dots, and no unsigned results"
                            .formatted(key));
        }
        if (key.tier == Tier.GATE) {
            Gate.requireLinkable(key.function);
        }
        if (image == null) {
            requireLinkable(key);
        }
        Gate.requireKnown(key.settings, image != null && key.tier != Tier.GATE);
    }

    /**
     * Returns the call interface of a function type of the platform's calling convention.
     *
     * @param function the function's type: any that the JDK's linker supports, and any with types
     *     of {@link NativeLayouts} in it
     * @param options the tier, the handling of failures, and the first variadic argument
     * @return the call interface. While it is reachable, it is the same for equal descriptors and
     *     options. Options with a handler or a value are an exception
     * @throws IllegalArgumentException if no C type has one of the layouts, two options are of one
     *     kind, or an option does not fit the function. A value must be a possible result, and the
     *     first variadic argument an argument or the end. {@link Tier#GATE} is not for variadic
     *     functions, types of {@link NativeLayouts}, and structs that the linker passes unlike C.
     *     {@link Tier#DATA_DRIVEN} is not for {@linkplain Mechanism#UPCALL_STUBS upcall stubs}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static CallInterface prepare(FunctionDescriptor function, ClosureOption... options) {
        return prepare(Abi.NATIVE, function, options);
    }

    /**
     * Returns the call interface of a function type of any calling convention of the processor.
     *
     * @param abi the calling convention
     * @param function as in {@link #prepare(FunctionDescriptor, ClosureOption...)}
     * @param options as in {@link #prepare(FunctionDescriptor, ClosureOption...)}; {@link
     *     Tier#GATE} is for {@link Abi#NATIVE} only
     * @return as {@link #prepare(FunctionDescriptor, ClosureOption...)}
     * @throws IllegalArgumentException as {@link #prepare(FunctionDescriptor, ClosureOption...)},
     *     or if the convention cannot pass a type, or this processor does not have the convention;
     *     the message says which
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static CallInterface prepare(Abi abi, FunctionDescriptor function, ClosureOption... options) {
        Objects.requireNonNull(abi, "abi");
        Objects.requireNonNull(function, "function");
        Key key = new Key(abi, function, ClosureOptions.of(options));
        int count = function.argumentLayouts().size();
        if (key.fixed != NO_DOTS && (key.fixed < 0 || key.fixed > count)) {
            throw new IllegalArgumentException(
                    "%d cannot be the index of the first variadic argument of a function that is called with %d; it is from 0 to %d"
                            .formatted(key.fixed, count, count));
        }
        return key.settings.isShared() ? prepare(key) : new CallInterface(key);
    }

    /**
     * Returns the call interface of a C declaration, of the platform's calling convention.
     *
     * @param declaration as in {@link #parse(Abi, String, Map, ClosureOption...)}
     * @param options as in {@link #prepare(FunctionDescriptor, ClosureOption...)}
     * @return the call interface, the same for equal types for as long as it is reachable
     * @throws IllegalArgumentException as {@link #parse(Abi, String, Map, ClosureOption...)}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static CallInterface parse(String declaration, ClosureOption... options) {
        return parse(Abi.NATIVE, declaration, Map.of(), options);
    }

    /**
     * Returns the call interface of a C declaration.
     *
     * {@snippet :
     * CallInterface.parse("int(pointer, long)");
     * CallInterface.parse("double f(const char *name, size_t, unsigned char flags)");
     * CallInterface.parse(Abi.NATIVE, "void(struct point, int, ..., double)", Map.of("struct point", POINT));
     * }
     *
     * <p>A declaration is a type, perhaps a name, and the arguments in parentheses, each with or
     * without a name. Types are:
     *
     * <ul>
     *   <li>the arithmetic types of C, with {@code _Complex}, {@code _Bool} or {@code bool}, {@code
     *       __int128}, {@code __float128} and {@code _Float16}: those of {@link NativeLayouts}
     *       where the JDK has no layout. A {@code char} is signed or not as it is here;
     *   <li>{@code int8_t} to {@code uint64_t}, {@code size_t}, {@code ssize_t}, {@code intptr_t},
     *       {@code uintptr_t}, {@code ptrdiff_t}, {@code wchar_t}, {@code char16_t},
     *       {@code char32_t};
     *   <li>{@code pointer}, or any type with stars behind it: an {@code ADDRESS}. A pointer to a
     *       function is a {@code pointer}, too;
     *   <li>the names in {@code types}, with {@code struct}, {@code union} or {@code enum} before
     *       them if the declaration has it.
     * </ul>
     *
     * <p>A variadic function is declared with the arguments that it is called with behind the dots:
     * {@code int(pointer, ..., int, double)}.
     *
     * @param abi the calling convention
     * @param declaration the declaration, without a semicolon
     * @param types layouts by name, of structs, unions and what C calls a typedef. They come before
     *     the names above
     * @param options as in {@link #prepare(Abi, FunctionDescriptor, ClosureOption...)}; the dots
     *     say {@link ClosureOption#firstVariadicArg}
     * @return the call interface, the same for equal types for as long as it is reachable
     * @throws IllegalArgumentException if {@code declaration} is none, or has a name that is not
     *     known, in which case the message says where; or as
     *     {@link #prepare(Abi, FunctionDescriptor, ClosureOption...)}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static CallInterface parse(Abi abi, String declaration, Map<String, ? extends MemoryLayout> types,
            ClosureOption... options) {
        CDeclaration parsed = CDeclaration.parse(Objects.requireNonNull(declaration, "declaration"),
                Objects.requireNonNull(types, "types"));
        if (parsed.fixed() == NO_DOTS) {
            return prepare(abi, parsed.function(), options);
        }
        ClosureOption[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = ClosureOption.firstVariadicArg(parsed.fixed());
        return prepare(abi, parsed.function(), all);
    }

    private static CallInterface prepare(Key key) {
        Prepared known = PREPARED.get(key);
        CallInterface type = known == null ? null : known.get();
        return type != null ? type : make(key);
    }

    private static CallInterface make(Key key) {
        for (Reference<?> reference = COLLECTED.poll(); reference != null; reference = COLLECTED.poll()) {
            Prepared collected = (Prepared) reference;
            PREPARED.remove(collected.key, collected);
        }
        CallInterface made = new CallInterface(key);
        Prepared own = new Prepared(made);
        while (true) {
            Prepared other = PREPARED.putIfAbsent(key, own);
            if (other == null) {
                return made;
            }
            CallInterface faster = other.get();
            if (faster != null) {
                return faster;
            }
            PREPARED.remove(key, other);
        }
    }

    /** Checks the linker's rules: without a text image, closures are upcall stubs. */
    private static void requireLinkable(Key key) {
        if (!isLinkable(key)) {
            throw new IllegalArgumentException(
                    "%s needs static trampolines, which do not work here; upcall stubs know only Abi.NATIVE without three dots, and no unsigned results"
                            .formatted(key));
        }
        if (key.tier == Tier.DATA_DRIVEN) {
            throw new IllegalArgumentException(
                    "%s cannot be data-driven: that needs static trampolines, which do not work here; use Tier.AUTOMATIC, with which each closure is an upcall stub"
                            .formatted(key));
        }
        Gate.requireLinkable(key.function);
    }

    private static boolean isLinkable(Key key) {
        return key.abi == Abi.NATIVE && key.fixed == NO_DOTS && !UnsignedType.isReturnedBy(key.function);
    }

    /** {@return the calling convention} */
    public Abi abi() {
        return key.abi;
    }

    /** {@return the function's type in C} */
    public FunctionDescriptor descriptor() {
        return key.function;
    }

    /** {@return the number of declared arguments, without variadic ones} */
    public int fixedArguments() {
        return key.fixed == NO_DOTS ? key.function.argumentLayouts().size() : key.fixed;
    }

    /** {@return the function's type in Java: the types of arguments and result before boxing} */
    public MethodType methodType() {
        return key.function.toMethodType();
    }

    /** {@return the tier of its closures} */
    public Tier tier() {
        return key.tier;
    }

    /**
     * Gives a handler a native function pointer.
     *
     * @param handler the object that native calls reach; it stays reachable as long as the closure
     *     is open
     * @return a new closure, to be closed
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<CallHandler> bindBoxed(CallHandler handler) {
        return boxed().bind(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Gives a handler a native function pointer that lives as long as an arena.
     *
     * @param handler the object that native calls reach; it stays reachable as long as the arena
     *     is open
     * @param arena closes the closure when it is closed itself
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bindBoxed(CallHandler handler, Arena arena) {
        return boxed().bind(Objects.requireNonNull(handler, "handler"), arena);
    }

    /**
     * Gives a handler that reads its arguments itself a native function pointer.
     *
     * @param handler the object that native calls reach; it stays reachable as long as the closure
     *     is open
     * @return a new closure, to be closed
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<ArgumentHandler> bind(ArgumentHandler handler) {
        return direct().bind(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Gives a handler that gets boxed arguments a native function pointer, and the handler its
     * closure, as {@link ClosureType#bindSelf}.
     *
     * @param maker makes the handler, as there
     * @return the closure that {@code maker} was given, now bound, to be closed
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<CallHandler> bindBoxedSelf(Function<? super Closure<CallHandler>, ? extends CallHandler> maker) {
        return boxed().bindSelf(maker);
    }

    /**
     * Gives a handler that reads its arguments itself a native function pointer, and the handler
     * its closure, as {@link ClosureType#bindSelf}.
     *
     * @param maker makes the handler, as there
     * @return the closure that {@code maker} was given, now bound, to be closed
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public Closure<ArgumentHandler> bindSelf(
            Function<? super Closure<ArgumentHandler>, ? extends ArgumentHandler> maker) {
        return direct().bindSelf(maker);
    }

    /**
     * Gives a handler that reads its arguments itself a native function pointer that lives as long
     * as an arena.
     *
     * @param handler the object that native calls reach; it stays reachable as long as the arena
     *     is open
     * @param arena closes the closure when it is closed itself
     * @return the function pointer: a segment of size zero in the scope of {@code arena}
     * @throws IllegalStateException if {@code arena} is closed, or the system has no memory or no
     *     mapping left
     * @throws WrongThreadException if {@code arena} is confined to another thread
     */
    public MemorySegment bind(ArgumentHandler handler, Arena arena) {
        return direct().bind(Objects.requireNonNull(handler, "handler"), arena);
    }

    /**
     * Returns the open closures of this type, as {@link Salto#openClosures} does: those of handlers
     * with boxed arguments, then the others.
     *
     * @return groups of them; an unmodifiable list
     */
    public List<OpenClosures> openClosures() {
        List<OpenClosures> all = new ArrayList<>(boxed().openClosures());
        all.addAll(direct().openClosures());
        return List.copyOf(all);
    }

    /**
     * Requires that all closures of this type are closed: a check for the end of a test.
     *
     * @throws IllegalStateException if some are open; the message lists them
     */
    public void requireNoneOpen() {
        OpenClosures.requireNone(openClosures());
    }

    /** {@return the mechanism of this type's closures} */
    public Mechanism mechanism() {
        return plan == null ? Mechanism.UPCALL_STUBS : Mechanism.TRAMPOLINES;
    }

    /**
     * Seals all closures of this type that are open now, as {@link ClosureType#seal} does: nobody
     * can bind them to another handler.
     *
     * @throws IllegalStateException if the closures are {@linkplain Mechanism#UPCALL_STUBS
     *     upcall stubs}
     */
    public void seal() {
        boxed().seal();
        direct().seal();
    }

    /** The number of declared arguments, as a convention takes it. */
    int fixed() {
        return key.fixed;
    }

    /** Whether its closures have no gate at first. */
    boolean isDataDriven() {
        return plan != null && key.tier != Tier.GATE;
    }

    ClosureType<CallHandler> boxed() {
        ClosureType<CallHandler> made = boxed;
        if (made == null) {
            synchronized (this) {
                made = boxed;
                if (made == null) {
                    made = closures(CallHandler.class, this::callBoxed);
                    boxed = made;
                }
            }
        }
        return made;
    }

    ClosureType<ArgumentHandler> direct() {
        ClosureType<ArgumentHandler> made = direct;
        if (made == null) {
            synchronized (this) {
                made = direct;
                if (made == null) {
                    made = closures(ArgumentHandler.class, this::callDirect);
                    direct = made;
                }
            }
        }
        return made;
    }

    private void callDirect(Object handler, int id, CallPlan how, long frame) {
        // One for each call, because nobody can tell whether a handler has kept it.
        Arguments arguments = new Arguments(this, id, how, frame);
        try {
            ((ArgumentHandler) handler).call(arguments);
        } finally {
            arguments.plan = null;
            arguments.end(how);
        }
    }

    private void callBoxed(Object handler, int id, CallPlan how, long frame) {
        Arguments arguments = new Arguments(this, id, how, frame);
        try {
            Object[] values = new Object[arguments.count()];
            for (int i = 0; i < values.length; i++) {
                values[i] = arguments.get(i);
            }
            CallHandler own = (CallHandler) handler;
            setResult(arguments, own.call(new CalledClosure(this, id), values), own);
        } finally {
            arguments.plan = null;
            arguments.end(how);
        }
    }

    private void setResult(Arguments arguments, @Nullable Object result, CallHandler handler) {
        try {
            arguments.setBoxed(result);
        } catch (ClassCastException | NullPointerException e) {
            Object _ = requireResult(result, methodType().wrap().returnType(), handler);
            throw e;
        }
    }

    /** Refuses what a handler returns if it is of another type than the function's result. */
    private @Nullable Object requireResult(@Nullable Object result, Class<?> wanted, CallHandler handler) {
        if (!wanted.equals(Void.class) && !wanted.isInstance(result)) {
            throw new ClassCastException("%s returned %s as the result of %s; return a %s".formatted(
                    handler.getClass().getName(), result == null ? "null" : "a " + result.getClass().getName(),
                    CSignature.of(key.function), wanted.getName()));
        }
        return result;
    }

    private <H> ClosureType<H> closures(Class<H> handlers, HandlerCall call) {
        return new ClosureType<>(handlers, key.function, slots(handlers, call));
    }

    private KindSlots slots(Class<?> handlers, HandlerCall call) {
        TextImage image = Salto.textImageForClosures(key.fallback);
        CallPlan own = plan;
        boolean isBoxed = handlers.equals(CallHandler.class);
        if (image == null || own == null || key.tier == Tier.GATE) {
            return Gate
                    .ofInvoker(image, handlers, key.function,
                            isBoxed ? invoker() : PackedCalls.invoker(key.function, this::callDirect),
                            key.settings.seesThreads())
                    .slots(key.settings);
        }
        CatcherMaker catcher = new CatcherMaker(key.function, key.settings);
        // Handlers that read their arguments themselves are no faster through a gate, which has to
        // write them to memory.
        boolean canBeHot = isBoxed && key.tier == Tier.AUTOMATIC && isLinkable(key) && GateSetting.areMade()
                && !key.settings.areWithoutGate() && Ports.thisJvm().orElseThrow().hasLinker();
        HotFunction hot = canBeHot ? new HotFunction(image, key.function, catcher, this::invoker) : null;
        return Gate.ofData(image, key.abi.convention().entry(), handlers, new DataDriven(own, call, catcher, hot),
                key.settings, hot);
    }

    private MethodHandle invoker() {
        MethodType types = methodType();
        return MethodHandles.insertArguments(CALL, 0, this, types.wrap().returnType())
                .asCollector(Object[].class, types.parameterCount())
                .asType(types.insertParameterTypes(0, Object.class, int.class));
    }

    /**
     * Makes the handling of exceptions at the first use, because the first closure of a type would
     * wait for it.
     */
    private static final class CatcherMaker implements Supplier<ExceptionCatcher> {
        private final FunctionDescriptor function;
        private final ClosureSettings settings;
        private @Nullable ExceptionCatcher made;

        CatcherMaker(FunctionDescriptor function, ClosureSettings settings) {
            this.function = function;
            this.settings = settings;
        }

        @Override
        public ExceptionCatcher get() {
            ExceptionCatcher catcher = made;
            if (catcher == null) {
                // Several threads may make one; each is as good.
                catcher = Gate.exceptionCatcher(function, settings);
                made = catcher;
            }
            return catcher;
        }

        /** As {@link ExceptionCatcher#caught}, even if no catcher can be made. */
        @Nullable
        Object caught(Throwable exception, int id) throws Throwable {
            ExceptionCatcher catcher;
            try {
                catcher = get();
            } catch (Throwable e) {
                if (settings.endsProcess()) {
                    throw exception;
                }
                UncaughtExceptions.report(exception, "An exception left a callback of " + function + ".");
                return null;
            }
            return catcher.caught(exception, id);
        }
    }

    /** The closures of one type. */
    private static final class DataDriven implements DataDrivenFunction {
        private final CallPlan ownPlan;
        private final HandlerCall call;
        private final CatcherMaker catcher;
        private final @Nullable HotFunction hot;

        DataDriven(CallPlan plan, HandlerCall call, CatcherMaker catcher, @Nullable HotFunction hot) {
            this.hot = hot;
            this.ownPlan = plan;
            this.call = call;
            this.catcher = catcher;
        }

        @Override
        public CallPlan plan() {
            return ownPlan;
        }

        @Override
        public void call(Object target, int id, long frame) {
            if (hot != null) {
                hot.count();
            }
            call.call(target, id, ownPlan, frame);
        }

        @Override
        public void failed(Throwable exception, int id, long frame) throws Throwable {
            ownPlan.returnZero(frame);
            Object result = catcher.caught(exception, id);
            if (result != null) {
                answer(result, frame);
            }
        }

        private void answer(Object result, long frame) {
            try {
                ownPlan.returnBoxed(frame, result);
            } catch (Throwable e) {
                // Another thread has closed the segment's arena. The result is zero.
                UncaughtExceptions.report(e, "The result of an ExceptionHandler could not be returned.");
            }
        }
    }

    /**
     * Calls a handler that a gate has found.
     *
     * @param result the class of its result, boxed: a constant, so that the check costs little
     */
    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static @Nullable Object callThroughGate(CallInterface type, Class<?> result, Object handler, int id,
            Object[] values) {
        CallHandler own = (CallHandler) handler;
        return type.requireResult(own.call(new CalledClosure(type, id), values), result, own);
    }

    private static MethodHandle findCall() {
        try {
            return MethodHandles.lookup().findStatic(CallInterface.class, "callThroughGate",
                    MethodType.methodType(Object.class, CallInterface.class, Class.class, Object.class, int.class,
                            Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds what its class declares", e);
        }
    }

    @Override
    public String toString() {
        return "CallInterface[%s]".formatted(key);
    }
}
