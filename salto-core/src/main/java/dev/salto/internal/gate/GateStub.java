// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Tier;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.data.ExitAnswers;
import dev.salto.internal.table.ExitAnswer;
import dev.salto.internal.table.GateUse;
import dev.salto.internal.table.Kind;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Route;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The native side of a gate. An upcall stub is never freed, because a thread may be inside. So it
 * outlives its gate, and serves the next gate of the same function with another dispatcher.
 *
 * <p>Without a text image, each closure has a stub of its own instead.
 */
final class GateStub {
    /** The stubs without a gate. */
    private static final Map<Key, List<GateStub>> SPARE = new HashMap<>();

    private final Key key;

    /** Null if the dispatcher never changes. */
    private final @Nullable MutableCallSite site;

    private final MethodHandle dispatcher;
    private final @Nullable Route route;

    /** The gates that a stub can be used again for. */
    private record Key(String objects, FunctionDescriptor function, boolean isStatic) {}

    private GateStub(Key key, @Nullable MutableCallSite site, MethodHandle dispatcher, @Nullable Route route) {
        this.key = key;
        this.site = site;
        this.dispatcher = dispatcher;
        this.route = route;
    }

    /**
     * Takes a stub that has no gate, or makes one.
     *
     * @param image null if there is none
     * @param objects the name of the class of objects that its closures are bound to
     * @param forGood the dispatcher, if it never changes; null if one is to be connected later
     * @throws IllegalArgumentException if the linker does not support the function
     */
    static GateStub take(@Nullable TextImage image, String objects, FunctionDescriptor function,
            @Nullable MethodHandle forGood) {
        Key key = new Key(objects, function, image != null);
        GateStub spare = forGood == null ? takeSpare(key) : null;
        if (spare != null) {
            return spare;
        }
        // Only behind a call site can the dispatcher change. The call site costs milliseconds here,
        // but nothing in calls.
        MutableCallSite site = forGood != null
                ? null
                : new MutableCallSite(function.toMethodType().appendParameterTypes(int.class));
        MethodHandle dispatcher = site == null ? Objects.requireNonNull(forGood) : site.dynamicInvoker();
        return new GateStub(key, site, dispatcher, image == null ? null : route(image, function, dispatcher));
    }

    private static Route route(TextImage image, FunctionDescriptor function, MethodHandle dispatcher) {
        return Route.throughGate(image, Ports.thisJvm().orElseThrow().trailingArgument(function),
                make(dispatcher, function.appendArgumentLayouts(JAVA_INT)));
    }

    private static @Nullable GateStub takeSpare(Key key) {
        synchronized (SPARE) {
            List<GateStub> spare = SPARE.get(key);
            return spare == null || spare.isEmpty() ? null : spare.removeLast();
        }
    }

    /** Puts the stub among those without a gate. All its closures are closed. */
    void giveBack() {
        disconnect();
        synchronized (SPARE) {
            SPARE.computeIfAbsent(key, _ -> new ArrayList<>()).add(this);
        }
    }

    /** Puts a dispatcher behind the stub. */
    void connect(MethodHandle newDispatcher) {
        MutableCallSite own = Objects.requireNonNull(site, "it is connected for good");
        own.setTarget(newDispatcher);
        MutableCallSite.syncAll(new MutableCallSite[]{own});
    }

    /** Releases the dispatcher: later calls find closed closures. */
    void disconnect() {
        connect(Dispatcher.ofClosed(key.function));
    }

    /** Whether closures have static trampolines. */
    boolean isStatic() {
        return route != null;
    }

    /** The text image; null if closures have no static trampolines. */
    @Nullable
    TextImage image() {
        return route == null ? null : route.image();
    }

    /** The stub's address; 0 if each closure has a stub. */
    long gate() {
        return route == null ? 0 : route.gate();
    }

    /**
     * Slots that lead to this stub.
     *
     * @param objects the class of objects that closures are bound to
     * @param settings as in {@link Kind#settings}
     * @param rules as in {@link Kind#rules}
     * @param use null if gate and rules are kept for good
     */
    KindSlots slots(Class<?> objects, ClosureSettings settings, Object rules, @Nullable GateUse use) {
        ExitAnswer answer = route == null
                ? ExitAnswer.ZERO
                : ExitAnswers.ofGate(route.image().index(), key.function, settings);
        Kind kind = new Kind(key.objects, key.function, null, settings, answer);
        return route == null
                ? KindSlots.ofStubs(kind, objects, this::makeStub, rules, use)
                : KindSlots.ofTrampolines(kind, objects, route, rules, use);
    }

    private long makeStub(int id) {
        MethodHandle target = MethodHandles.insertArguments(dispatcher, key.function.argumentLayouts().size(), id);
        return make(target, key.function);
    }

    private static long make(MethodHandle target, FunctionDescriptor function) {
        try {
            return Linker.nativeLinker().upcallStub(target, function, Arena.global()).address();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: so says the JDK's linker, which a gate needs, of a part of %s; %s"
                            .formatted(e.getMessage(), function, Ports.remedyForLinker()),
                    e);
        }
    }
}
