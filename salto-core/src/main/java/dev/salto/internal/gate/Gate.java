// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.ExtendedType;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.DataDrivenFunction;
import dev.salto.internal.data.ExitAnswers;
import dev.salto.internal.data.KnownCalls;
import dev.salto.internal.data.Signatures;
import dev.salto.internal.data.ThreadsSeen;
import dev.salto.internal.data.UniversalGate;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.events.Events;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.ExitAnswer;
import dev.salto.internal.table.GateUse;
import dev.salto.internal.table.Kind;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Route;
import dev.salto.internal.table.Tables;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one upcall stub of a signature, which the closures of all its kinds share. A signature is a
 * class of objects, usually a functional interface, and a function descriptor. Its gate is made
 * once and kept as long as that class.
 *
 * <p>Without a text image, each slot of a gate has an upcall stub of its own. The caller has
 * checked that the policy allows this.
 */
public final class Gate {
    /**
     * Gates by a class whose loader also knows all classes that the gates use. So they are
     * collected together.
     */
    private static final ClassValue<ConcurrentMap<Signature, Gate>> GATES = new ClassValue<>() {
        @Override
        protected ConcurrentMap<Signature, Gate> computeValue(Class<?> anchor) {
            return new ConcurrentHashMap<>();
        }
    };

    private static final AtomicLong COUNT = new AtomicLong();

    private record Signature(Class<?> objects, FunctionDescriptor function, boolean seesThreads) {
        // Written out, because the JVM makes half a dozen classes for a record's own methods.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Signature that && objects == that.objects && seesThreads == that.seesThreads
                    && function.equals(that.function);
        }

        @Override
        public int hashCode() {
            return 31 * objects.hashCode() + function.hashCode();
        }
    }

    private final Class<?> objects;
    private final Dispatcher.Recipe recipe;
    private final GateStub stub;

    /** Null if nothing can be unloaded. */
    private final @Nullable UnloadableGate unloading;

    /** The slots of the kinds with the default settings. */
    private @Nullable KindSlots usual;

    /** The slots of the other kinds that share them. */
    private final Map<ClosureSettings, KindSlots> shared = new HashMap<>();

    /** The same for kinds that need a generic entry, and so do not use the gate. */
    private final Map<ClosureSettings, KindSlots> withoutGate = new HashMap<>();

    private Gate(Class<?> objects, Dispatcher.Recipe recipe, GateStub stub, @Nullable UnloadableGate unloading) {
        this.objects = objects;
        this.recipe = recipe;
        this.stub = stub;
        this.unloading = unloading;
    }

    /**
     * The gate of a signature.
     *
     * @param image null if there is none
     * @param definer has access to the interface, and defines the dispatcher
     * @param seesThreads as in {@link ClosureSettings#seesThreads}
     * @throws IllegalArgumentException if the type is no functional interface, or does not fit the
     *     descriptor, or the linker does not support the descriptor
     */
    public static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Class<?> functionalInterface,
            FunctionDescriptor function, boolean seesThreads) {
        return of(image, definer, new Signature(functionalInterface, function, seesThreads), false);
    }

    /**
     * The gate of all closures that are bound to method handles of exactly a descriptor's type.
     *
     * @param image null if there is none
     * @param seesThreads as in {@link ClosureSettings#seesThreads}
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    static Gate ofMethodHandles(@Nullable TextImage image, FunctionDescriptor function, boolean seesThreads) {
        return of(image, MethodHandles.lookup(), new Signature(MethodHandle.class, function, seesThreads), true);
    }

    /**
     * A new gate, for closures of objects that one method handle calls. The caller has to keep it.
     *
     * @param image null if there is none
     * @param objects the class of all objects
     * @param invoker takes the object, as an {@code Object}, the closure's id, and then the native
     *     arguments
     * @param seesThreads as in {@link ClosureSettings#seesThreads}
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    public static Gate ofInvoker(@Nullable TextImage image, Class<?> objects, FunctionDescriptor function,
            MethodHandle invoker, boolean seesThreads) {
        requireLinkable(function);
        return make(image, MethodHandles.lookup(), new Signature(objects, function, seesThreads),
                new Dispatcher.Callee(null, invoker));
    }

    /**
     * The slots of closures whose calls the universal gate answers.
     *
     * @param entry the generic entry's name
     * @param objects the class of all objects
     * @param function answers the calls
     * @param hot leads frequent calls to a gate; null if they stay here
     */
    public static KindSlots ofData(TextImage image, String entry, Class<?> objects, DataDrivenFunction function,
            ClosureSettings settings, @Nullable HotFunction hot) {
        return ofData(image, entry, objects, function, settings, hot, GateUse.FOR_GOOD);
    }

    /**
     * Returns the slots for a function that can be collected.
     *
     * @param use null if {@code function} is kept for good
     */
    static KindSlots ofData(TextImage image, String entry, Class<?> objects, DataDrivenFunction function,
            ClosureSettings settings, @Nullable HotFunction hot, @Nullable GateUse use) {
        CallPlan plan = function.plan();
        Kind kind = new Kind(objects.getName(), plan.function(), plan, settings,
                ExitAnswers.of(image.index(), plan, settings));
        DataDrivenFunction known = settings.knowsCall() ? new KnownCalls(function) : function;
        KindSlots slots = KindSlots.ofTrampolines(kind, objects,
                Route.throughUniversalGate(image, entry, UniversalGate.address()),
                settings.seesThreads() ? new ThreadsSeen(known, settings) : known, use);
        if (hot != null) {
            hot.setSlots(slots);
        }
        return slots;
    }

    /** Returns the handling of a function's exceptions. */
    public static ExceptionCatcher exceptionCatcher(FunctionDescriptor function, ClosureSettings settings) {
        return new ExceptionCatcher(function, Dispatcher.zero(function), settings, Tables.closures());
    }

    /**
     * Refuses a function that the JDK's linker does not know, or answers in another way than C
     * expects. The linker's own refusals come later, when a gate is made.
     *
     * @throws IllegalArgumentException if the function is such a one; the message names the layout,
     *     and the remedy
     */
    public static void requireLinkable(FunctionDescriptor function) {
        if (ExtendedType.isIn(function)) {
            throw new IllegalArgumentException(
                    "%s has a type in it that the JDK's linker does not know, and that only data-driven closures of a CallInterface can have"
                            .formatted(function));
        }
        Signatures.requireScalarsAndGroups(function);
        Ports.requireLinkable(function);
    }

    private static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Signature signature,
            boolean areMethodHandles) {
        // Before names are removed: only a name tells such a type from a struct.
        requireLinkable(signature.function());
        ConcurrentMap<Signature, Gate> gates = GATES.get(anchor(definer, signature.objects()));
        Gate gate = gates.get(signature);
        if (gate != null && gate.isGoodFor(image)) {
            return gate;
        }
        Dispatcher.Callee how = callee(signature, areMethodHandles);
        Signature withoutNames = withoutNames(signature);
        synchronized (gates) {
            gate = gates.get(withoutNames);
            if (gate == null || !gate.isGoodFor(image)) {
                gate = make(image, definer, withoutNames, how);
                gates.put(withoutNames, gate);
            }
            // Saves the removal of names the next time.
            gates.put(signature, gate);
            return gate;
        }
    }

    private static Dispatcher.Callee callee(Signature signature, boolean areMethodHandles) {
        if (areMethodHandles) {
            return new Dispatcher.Callee(null, null);
        }
        FunctionalMethod method = FunctionalMethod.of(signature.objects());
        method.requireFits(signature.function());
        return new Dispatcher.Callee(method, null);
    }

    private static Signature withoutNames(Signature signature) {
        return new Signature(signature.objects(), LayoutNames.strip(signature.function()), signature.seesThreads());
    }

    /**
     * Types of one interface share their gate, unless the interface would then keep the caller's
     * classes alive.
     */
    private static Class<?> anchor(MethodHandles.Lookup definer, Class<?> objects) {
        ClassLoader own = definer.lookupClass().getClassLoader();
        boolean goesWithInterface = Objects.equals(own, Gate.class.getClassLoader())
                || Objects.equals(own, objects.getClassLoader());
        return goesWithInterface ? objects : definer.lookupClass();
    }

    /** A gate of stubs is replaced when static trampolines work after all. */
    private boolean isGoodFor(@Nullable TextImage image) {
        return stub.isStatic() || image == null;
    }

    private static Gate make(@Nullable TextImage image, MethodHandles.Lookup definer, Signature signature,
            Dispatcher.Callee callee) {
        GateSetting.requireMade();
        FunctionDescriptor function = signature.function();
        try {
            boolean isForGood = isNeverUnloaded(definer.lookupClass().getClassLoader());
            Dispatcher.Recipe recipe = new Dispatcher.Recipe(definer, callee, function,
                    exceptionCatcher(function, ClosureSettings.DEFAULT), isForGood, signature.seesThreads());
            MethodHandle dispatcher = recipe.make();
            GateStub stub = GateStub.take(image, signature.objects().getName(), function,
                    isForGood ? dispatcher : null);
            countMade();
            if (Events.isRecording()) {
                Events.gateMade(
                        new Kind(signature.objects().getName(), function, null, ClosureSettings.DEFAULT,
                                ExitAnswer.ZERO)
                                .describe());
            }
            return new Gate(signature.objects(), recipe, stub, isForGood ? null : new UnloadableGate(stub, dispatcher));
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s cannot define a class in the package of %s; pass MethodHandles.lookup() as it is"
                            .formatted(definer, definer.lookupClass().getName()),
                    e);
        }
    }

    /** Whether a class loader lives as long as the process, or as this class. */
    private static boolean isNeverUnloaded(@Nullable ClassLoader loader) {
        if (loader == null || loader.equals(ClassLoader.getSystemClassLoader())
                || loader.equals(ClassLoader.getPlatformClassLoader())) {
            return true;
        }
        return Stream.iterate(Gate.class.getClassLoader(), Objects::nonNull, ClassLoader::getParent)
                .anyMatch(loader::equals);
    }

    /**
     * The slots of a kind of this signature's closures. Kinds with something of the user's in their
     * settings share them with nobody. Kinds that need a generic entry do not use the gate.
     *
     * @throws IllegalArgumentException if callbacks are to know their calls, which they cannot
     */
    public synchronized KindSlots slots(ClosureSettings settings) {
        boolean isWithoutGate = settings.areWithoutGate() && stub.isStatic() && recipe.callee().invoker() == null;
        requireKnown(settings, isWithoutGate);
        if (!settings.isShared()) {
            return make(settings, isWithoutGate);
        }
        boolean isUsual = settings.equals(ClosureSettings.DEFAULT) && !isWithoutGate;
        Map<ClosureSettings, KindSlots> others = isWithoutGate ? withoutGate : shared;
        KindSlots slots = isUsual ? usual : others.get(settings);
        if (slots == null) {
            slots = make(settings, isWithoutGate);
            if (isUsual) {
                usual = slots;
            } else {
                others.put(settings, slots);
            }
        }
        return slots;
    }

    /**
     * Refuses callbacks that are to know their calls, if a gate answers them.
     *
     * @throws IllegalArgumentException if so
     */
    public static void requireKnown(ClosureSettings settings, boolean isWithoutGate) {
        if (settings.knowsCall() && !isWithoutGate) {
            throw new IllegalArgumentException(
                    "ClosureOption.currentCall needs static trampolines and closures without a gate; do not combine it with Tier.GATE or Fallback.UPCALL_STUBS");
        }
    }

    private KindSlots make(ClosureSettings settings, boolean isWithoutGate) {
        ExceptionCatcher rules = settings.equals(ClosureSettings.DEFAULT)
                ? recipe.exceptions()
                : exceptionCatcher(recipe.function(), settings);
        GateUse use = unloading == null && !settings.isShared() ? GateUse.FOR_GOOD : unloading;
        TextImage image = stub.image();
        if (isWithoutGate && image != null) {
            return makeWithoutGate(image, settings, rules, use);
        }
        KindSlots slots = stub.slots(objects, settings, rules, use);
        if (unloading == null && stub.isStatic() && recipe.callee().method() != null) {
            MixedGate.watch(recipe, slots, stub.gate());
        }
        return slots;
    }

    /** Makes slots whose calls the universal gate answers: it knows the caller. */
    private KindSlots makeWithoutGate(TextImage image, ClosureSettings settings, ExceptionCatcher catcher,
            @Nullable GateUse use) {
        WarmUp.runForData();
        Convention convention = Ports.thisJvm().orElseThrow().ownConvention();
        CallPlan plan = new CallPlan(image.index(), convention, recipe.function(), Convention.NO_DOTS);
        MethodHandle invoker = recipe.invoker();
        BoxedFunction rules = new BoxedFunction(plan, catcher, BoxedCall.make(invoker.type()), invoker, null);
        return ofData(image, convention.entry(), objects, rules, settings, null, use);
    }

    /** Counts a gate. */
    static void countMade() {
        COUNT.incrementAndGet();
    }

    /** How many gates were made. */
    public static long count() {
        return COUNT.get();
    }

    /** How many closures are upcall stubs, of all gates. */
    public static long stubsInUse() {
        return KindSlots.turnoverOfStubs().used();
    }
}
