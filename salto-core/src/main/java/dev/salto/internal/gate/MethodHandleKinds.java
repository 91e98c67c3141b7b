// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.data.CallPlan;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.GateUse;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of closures that are bound to method handles. A function of numbers and pointers begins
 * without a gate, because a gate takes most of the time and memory of a type. The universal gate
 * answers the first {@value #HOT} calls. Then a thread makes a gate in the background.
 */
public final class MethodHandleKinds {
    /**
     * The number of calls before there is a gate. Each takes a microsecond more than through a
     * gate.
     */
    static final int HOT = 200;

    /** The linker refuses functions with a few more arguments of two words each. */
    private static final int MOST_ARGUMENTS = 100;

    private static final Set<MemoryLayout> PLAIN = plainLayouts();

    /** By settings and function: the kinds with nothing of the user's, which all linkers share. */
    private static final Map<ClosureSettings, Map<FunctionDescriptor, KindSlots>> SHARED = new HashMap<>();

    private MethodHandleKinds() {}

    private static Set<MemoryLayout> plainLayouts() {
        Set<MemoryLayout> plain = new HashSet<>();
        for (MemoryLayout layout : Linker.nativeLinker().canonicalLayouts().values()) {
            if (layout instanceof ValueLayout) {
                plain.add(layout.withoutName());
            }
        }
        return plain;
    }

    /**
     * The slots of a kind. Kinds with something of the user's in their settings share them
     * with nobody.
     *
     * @param image null if there is none
     * @param function the type of the function, and of all method handles
     * @throws IllegalArgumentException if the linker does not support the function
     */
    public static KindSlots slots(@Nullable TextImage image, FunctionDescriptor function,
            ClosureSettings settings) {
        Port port = Ports.thisJvm().orElse(null);
        if (image == null || port == null || !port.hasLinker() || GateSetting.areEarly() || settings.areWithoutGate()
                || !isPlain(function)) {
            return Gate.ofMethodHandles(image, function, settings.seesThreads()).slots(settings);
        }
        GateSetting.requireMade();
        port.requireLinkable(function);
        FunctionDescriptor withoutNames = LayoutNames.strip(function);
        if (!settings.isShared()) {
            return make(image, port, withoutNames, settings, GateUse.FOR_GOOD);
        }
        Map<FunctionDescriptor, KindSlots> shared = shared(settings);
        synchronized (shared) {
            KindSlots slots = shared.get(withoutNames);
            if (slots == null) {
                slots = make(image, port, withoutNames, settings, null);
                shared.put(withoutNames, slots);
            }
            return slots;
        }
    }

    private static Map<FunctionDescriptor, KindSlots> shared(ClosureSettings settings) {
        synchronized (SHARED) {
            Map<FunctionDescriptor, KindSlots> shared = SHARED.get(settings);
            if (shared == null) {
                shared = new HashMap<>();
                SHARED.put(settings, shared);
            }
            return shared;
        }
    }

    private static KindSlots make(TextImage image, Port port, FunctionDescriptor function,
            ClosureSettings settings, @Nullable GateUse use) {
        Convention convention = port.ownConvention();
        CallPlan plan = new CallPlan(image.index(), convention, function, Convention.NO_DOTS);
        // A class that is kept for good takes less memory than one that can be unloaded.
        MethodHandle call = use == null
                ? BoxedCall.make(function.toMethodType(), MethodHandles.Lookup.ClassOption.STRONG)
                : BoxedCall.make(function.toMethodType());
        ExceptionCatcher catcher = Gate.exceptionCatcher(function, settings);
        HotFunction hot = HotFunction.ofMethodHandles(image, function, catcher);
        return Gate.ofData(image, convention.entry(), MethodHandle.class,
                new BoxedFunction(plan, catcher, call, null, hot), settings, hot, use);
    }

    /** Whether the linker supports all types of a function, and none of them is a struct. */
    private static boolean isPlain(FunctionDescriptor function) {
        if (function.argumentLayouts().size() > MOST_ARGUMENTS) {
            return false;
        }
        for (MemoryLayout layout : function.argumentLayouts()) {
            if (!isPlain(layout)) {
                return false;
            }
        }
        return function.returnLayout().isEmpty() || isPlain(function.returnLayout().get());
    }

    private static boolean isPlain(MemoryLayout layout) {
        if (layout instanceof AddressLayout address) {
            // A gate refuses pointers of another alignment than their target's.
            Optional<MemoryLayout> target = address.targetLayout();
            return (target.isEmpty() || target.get().byteAlignment() == 1)
                    && PLAIN.contains(address.withoutTargetLayout().withoutName());
        }
        return PLAIN.contains(layout.withoutName());
    }
}
