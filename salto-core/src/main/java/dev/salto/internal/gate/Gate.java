// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.abi.ExtendedType;
import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.DataDrivenFunction;
import dev.salto.internal.data.UniversalGate;
import dev.salto.internal.events.Events;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.table.ClosureKind;
import dev.salto.internal.table.ClosureSlots;
import dev.salto.internal.table.SlotPool;
import dev.salto.internal.table.StarterSlots;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one upcall stub of a signature, and the pool of slots that lead to it. A signature is a class of objects, usually a functional
 * interface, a function descriptor, and what is to happen to exceptions; its gate is made once and kept as long as that class.
 *
 * <p>Where there is no text image, it is a gate in name only: each of its slots has an upcall stub to itself. Whether that may be is not decided here.
 */
public final class Gate {
    /** By a class whose loader also knows all classes that the gates use, so that they go when it goes. */
    private static final ClassValue<ConcurrentMap<Signature, Gate>> GATES = new ClassValue<>() {
        @Override
        protected ConcurrentMap<Signature, Gate> computeValue(Class<?> anchor) {
            return new ConcurrentHashMap<>();
        }
    };

    private static final AtomicLong COUNT = new AtomicLong();

    private record Signature(Class<?> objects, FunctionDescriptor function, ExceptionHandling exceptions) {
        // Written out, because the JVM makes half a dozen classes for those that a record has by itself.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Signature that && objects == that.objects && function.equals(that.function)
                    && exceptions.endsProcess() == that.exceptions.endsProcess()
                    && Objects.equals(exceptions.handler(), that.exceptions.handler());
        }

        @Override
        public int hashCode() {
            return 31 * objects.hashCode() + function.hashCode();
        }
    }

    private final ClosureSlots slots;

    /** Null if nothing can be unloaded. */
    @SuppressWarnings("UnusedVariable") // held, so that the stub is not given to another gate
    private final @Nullable UnloadableGate unloading;

    private Gate(ClosureSlots slots, @Nullable UnloadableGate unloading) {
        this.slots = slots;
        this.unloading = unloading;
    }

    /**
     * The gate of a signature.
     *
     * @param image null if there is none
     * @param definer has access to the interface, and defines the dispatcher
     * @throws IllegalArgumentException if the type is no functional interface, or does not fit the descriptor, or the linker does not
     *     support the descriptor
     */
    public static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Class<?> functionalInterface,
            FunctionDescriptor function, ExceptionHandling exceptions) {
        return of(image, definer, new Signature(functionalInterface, function, exceptions), false);
    }

    /**
     * The gate of all closures that are bound to method handles of exactly a descriptor's type.
     *
     * @param image null if there is none
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    public static Gate ofMethodHandles(@Nullable TextImage image, FunctionDescriptor function,
            ExceptionHandling exceptions) {
        return of(image, MethodHandles.lookup(), new Signature(MethodHandle.class, function, exceptions), true);
    }

    /**
     * A new gate, for closures of objects that one method handle calls. It is up to the caller to keep it.
     *
     * @param image null if there is none
     * @param objects what all objects are
     * @param invoker takes the object, as an {@code Object}, and then what native code passes
     * @throws IllegalArgumentException if the linker does not support the descriptor
     */
    public static Gate ofInvoker(@Nullable TextImage image, Class<?> objects, FunctionDescriptor function,
            MethodHandle invoker, ExceptionHandling exceptions) {
        return make(image, MethodHandles.lookup(), new Signature(objects, function, exceptions),
                new Dispatcher.Callee(null, invoker));
    }

    /**
     * What takes the place of a gate for closures whose calls the universal gate answers.
     *
     * @param entry the generic entry's name
     * @param objects what all objects are
     * @param function how calls are answered
     * @param hot leads the calls to a gate when there are many; null if they are to stay as they are
     */
    public static Gate ofData(TextImage image, String entry, Class<?> objects, DataDrivenFunction function,
            @Nullable HotFunction hot) {
        CallPlan plan = function.plan();
        long resultInMemory = plan.returnsInMemory() ? plan.function().returnLayout().orElseThrow().byteSize() : 0;
        ClosureKind kind = new ClosureKind(objects.getName(), plan.function(), resultInMemory, function);
        StarterSlots slots = new StarterSlots(image, entry, UniversalGate.address(), kind);
        if (hot != null) {
            hot.setSlots(slots);
        }
        return new Gate(slots, null);
    }

    /** What deals with the exceptions of a function. */
    public static ExceptionCatcher exceptionCatcher(FunctionDescriptor function, ExceptionHandling exceptions) {
        return new ExceptionCatcher(function, Dispatcher.zero(function), exceptions.endsProcess(),
                exceptions.handler());
    }

    private static Gate of(@Nullable TextImage image, MethodHandles.Lookup definer, Signature signature,
            boolean areMethodHandles) {
        // Before names are taken away: they tell these types from structs.
        if (ExtendedType.isIn(signature.function())) {
            throw new IllegalArgumentException(
                    "%s has a type in it that the JDK's linker does not know, and that only a CallInterface can have"
                            .formatted(signature.function()));
        }
        if (signature.exceptions().handler() != null) {
            // Handlers are rarely equal.
            return make(image, definer, withoutNames(signature), callee(signature, areMethodHandles));
        }
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
            // So that the next time the names cost nothing.
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
        return new Signature(signature.objects(), LayoutNames.strip(signature.function()), signature.exceptions());
    }

    /** Types of one interface share their gate, unless that would keep the classes of the one who asks alive as long as the interface. */
    private static Class<?> anchor(MethodHandles.Lookup definer, Class<?> objects) {
        ClassLoader own = definer.lookupClass().getClassLoader();
        boolean goesWithInterface = Objects.equals(own, Gate.class.getClassLoader())
                || Objects.equals(own, objects.getClassLoader());
        return goesWithInterface ? objects : definer.lookupClass();
    }

    /** A gate of stubs is replaced when static trampolines work after all. */
    private boolean isGoodFor(@Nullable TextImage image) {
        return slots.areStatic() || image == null;
    }

    private static Gate make(@Nullable TextImage image, MethodHandles.Lookup definer, Signature signature,
            Dispatcher.Callee callee) {
        GateSetting.requireMade();
        FunctionDescriptor function = signature.function();
        ExceptionHandling exceptions = signature.exceptions();
        if (!System.getProperty(StaleCalls.POLICY, "").isEmpty()) {
            StaleCalls.requireSettings();
        }
        try {
            ExceptionCatcher catcher = exceptionCatcher(function, exceptions);
            MethodHandle dispatcher = Dispatcher.make(definer, callee, function, catcher, null);
            boolean isForGood = exceptions.handler() == null
                    && isNeverUnloaded(definer.lookupClass().getClassLoader());
            GateStub stub = GateStub.take(image, signature.objects().getName(), function,
                    isForGood ? dispatcher : null);
            if (isForGood && callee.method() != null && stub.slots() instanceof SlotPool pool) {
                Promotion.of(new Dispatcher.Recipe(definer, callee, function, catcher), pool);
            }
            countMade();
            if (Events.isRecording()) {
                Events.gateMade(stub.describe());
            }
            return new Gate(stub.slots(), isForGood ? null : UnloadableGate.of(stub, dispatcher));
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

    /** The slots of this signature's closures. Whoever uses them has to keep this gate reachable. */
    public ClosureSlots slots() {
        return slots;
    }

    /** Counts one more. */
    static void countMade() {
        COUNT.incrementAndGet();
    }

    /** How many gates were made. */
    public static long count() {
        return COUNT.get();
    }

    /** How many closures are upcall stubs, of all gates. */
    public static long stubsInUse() {
        return StubPool.used();
    }
}
