// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.libraries.Library.STRING;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * GLib calls Java: comparators, the main loop, and signals whose handlers are freed by a
 * notification that closes itself.
 */
@Tag("host")
final class GLibTest {
    private static final String PACKAGE = "libglib2.0-0t64 (libglib2.0-0 before Debian 13)";
    private static final int FALSE = 0;
    private static final int TRUE = 1;
    private static final int G_PRIORITY_DEFAULT = 0;
    private static final int G_CONNECT_DEFAULT = 0;
    private static final MemorySegment USER_DATA = MemorySegment.ofAddress(0x5a170);

    interface DataComparator {
        int compare(MemorySegment a, MemorySegment b, MemorySegment userData);
    }

    interface ElementFunction {
        void accept(MemorySegment element, MemorySegment userData);
    }

    interface SourceFunction {
        int run(MemorySegment userData) throws Throwable;
    }

    interface DestroyNotify {
        void destroy(MemorySegment userData);
    }

    interface SignalHandler {
        void handle(MemorySegment instance, MemorySegment userData);
    }

    interface PropertyHandler {
        void changed(MemorySegment instance, MemorySegment property, MemorySegment userData) throws Throwable;
    }

    interface ClosureNotify {
        void destroy(MemorySegment userData, MemorySegment nativeClosure);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<DataComparator> DATA_COMPARATOR = ClosureType.of(LOOKUP, DataComparator.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final ClosureType<ElementFunction> ELEMENT_FUNCTION = ClosureType.of(LOOKUP, ElementFunction.class,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final ClosureType<SourceFunction> SOURCE_FUNCTION = ClosureType.of(LOOKUP, SourceFunction.class,
            FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final ClosureType<DestroyNotify> DESTROY_NOTIFY = ClosureType.of(LOOKUP, DestroyNotify.class,
            FunctionDescriptor.ofVoid(ADDRESS));
    private static final ClosureType<SignalHandler> SIGNAL_HANDLER = ClosureType.of(LOOKUP, SignalHandler.class,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final ClosureType<PropertyHandler> PROPERTY_HANDLER = ClosureType.of(LOOKUP, PropertyHandler.class,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final ClosureType<ClosureNotify> CLOSURE_NOTIFY = ClosureType.of(LOOKUP, ClosureNotify.class,
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));

    private final Library glib = Library.open("libglib-2.0.so.0", PACKAGE);
    private final MethodHandle listPrepend = glib.link("g_list_prepend",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle listSort = glib.link("g_list_sort_with_data",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle listForEach = glib.link("g_list_foreach",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle listFree = glib.link("g_list_free", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle loopNew = glib.link("g_main_loop_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    private final MethodHandle loopRun = glib.link("g_main_loop_run", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle loopQuit = glib.link("g_main_loop_quit", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle loopUnref = glib.link("g_main_loop_unref", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle timeoutAdd = glib.link("g_timeout_add",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private final MethodHandle timeoutAddFull = glib.link("g_timeout_add_full",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));

    private final Library gobject = Library.open("libgobject-2.0.so.0", PACKAGE);
    private final MethodHandle objectUnref = gobject.link("g_object_unref", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle signalConnect = gobject.link("g_signal_connect_data",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
    private final MethodHandle signalDisconnect = gobject.link("g_signal_handler_disconnect",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    private final MethodHandle propertyName = gobject.link("g_param_spec_get_name",
            FunctionDescriptor.of(STRING, ADDRESS));

    private final Library gio = Library.open("libgio-2.0.so.0", PACKAGE);
    private final MethodHandle cancellableNew = gio.link("g_cancellable_new", FunctionDescriptor.of(ADDRESS));
    private final MethodHandle cancel = gio.link("g_cancellable_cancel", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle actionNew = gio.link("g_simple_action_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle setEnabled = gio.link("g_simple_action_set_enabled",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));

    private long connect(MemorySegment instance, String signal, MemorySegment handler, MemorySegment notify)
            throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            long id = (long) signalConnect.invokeExact(instance, arena.allocateFrom(signal), handler, USER_DATA, notify,
                    G_CONNECT_DEFAULT);
            assertThat(id).as(signal).isPositive();
            return id;
        }
    }

    private MemorySegment newAction() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            return (MemorySegment) actionNew.invokeExact(arena.allocateFrom("action"), MemorySegment.NULL);
        }
    }

    @Test
    void aListIsSortedWithAJavaComparator() throws Throwable {
        Comparator<Long> order = Comparator.comparingLong((Long n) -> n % 10).thenComparing(Comparator.reverseOrder());
        List<Long> numbers = LongStream.range(0, 1_000).mapToObj(i -> 1 + i * 7919 % 1_000).toList();
        List<Long> sorted = new ArrayList<>();
        MemorySegment list = MemorySegment.NULL;
        for (long number : numbers) {
            list = (MemorySegment) listPrepend.invokeExact(list, MemorySegment.ofAddress(number));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment comparator = DATA_COMPARATOR.bind((a, b, _) -> order.compare(a.address(), b.address()),
                    arena);
            MemorySegment collect = ELEMENT_FUNCTION.bind((element, _) -> sorted.add(element.address()), arena);
            list = (MemorySegment) listSort.invokeExact(list, comparator, MemorySegment.NULL);
            listForEach.invokeExact(list, collect, MemorySegment.NULL);
        }
        listFree.invokeExact(list);
        assertThat(sorted).isEqualTo(numbers.stream().sorted(order).toList());
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void aTimerCallsJavaUntilItSaysStop() throws Throwable {
        MemorySegment loop = (MemorySegment) loopNew.invokeExact(MemorySegment.NULL, FALSE);
        List<MemorySegment> calls = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tick = SOURCE_FUNCTION.bind(userData -> {
                calls.add(userData);
                if (calls.size() < 20) {
                    return TRUE;
                }
                loopQuit.invokeExact(loop);
                return FALSE;
            }, arena);
            assertThat((int) timeoutAdd.invokeExact(1, tick, USER_DATA)).isPositive();
            loopRun.invokeExact(loop);
        }
        loopUnref.invokeExact(loop);
        assertThat(calls).hasSize(20).containsOnly(USER_DATA);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void anEndedTimerRunsANotificationThatClosesItself() throws Throwable {
        MemorySegment loop = (MemorySegment) loopNew.invokeExact(MemorySegment.NULL, FALSE);
        Destruction destruction = new Destruction();
        List<MemorySegment> calls = new ArrayList<>();
        MemorySegment tick = destruction.owns(SOURCE_FUNCTION.bind(userData -> {
            calls.add(userData);
            if (calls.size() < 3) {
                return TRUE;
            }
            loopQuit.invokeExact(loop);
            return FALSE;
        }));
        assertThat((int) timeoutAddFull.invokeExact(G_PRIORITY_DEFAULT, 1, tick, USER_DATA,
                destruction.owns(DESTROY_NOTIFY.bind(destruction::run)))).isPositive();
        destruction.assertPending();
        loopRun.invokeExact(loop);
        loopUnref.invokeExact(loop);
        assertThat(calls).hasSize(3);
        destruction.assertRanOnce(USER_DATA);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
    void theLibrarysOwnNotificationClosesTheTimerAndItself() throws Throwable {
        MemorySegment loop = (MemorySegment) loopNew.invokeExact(MemorySegment.NULL, FALSE);
        Closure<SourceFunction> tick = SOURCE_FUNCTION.bind(_ -> {
            loopQuit.invokeExact(loop);
            return FALSE;
        });
        Closure<Callbacks.DestroyNotify> notify = Callbacks.destroyNotify(tick);
        assertThat((int) timeoutAddFull.invokeExact(G_PRIORITY_DEFAULT, 1, tick.address(), USER_DATA,
                notify.address())).isPositive();
        loopRun.invokeExact(loop);
        loopUnref.invokeExact(loop);

        assertThat(tick.toString()).contains("closed");
        assertThat(notify.toString()).contains("closed");
    }

    @Test
    void aSignalReachesJavaAndTheEndOfItsObjectClosesTheHandler() throws Throwable {
        MemorySegment cancellable = (MemorySegment) cancellableNew.invokeExact();
        Destruction destruction = new Destruction();
        List<MemorySegment> cancelled = new ArrayList<>();
        connect(cancellable, "cancelled",
                destruction.owns(SIGNAL_HANDLER.bind((instance, _) -> cancelled.add(instance))),
                destruction.owns(CLOSURE_NOTIFY.bind((userData, _) -> destruction.run(userData))));

        assertThat(cancelled).isEmpty();
        cancel.invokeExact(cancellable);
        assertThat(cancelled).containsExactly(cancellable);
        destruction.assertPending();

        objectUnref.invokeExact(cancellable);
        destruction.assertRanOnce(USER_DATA);
    }

    @Test
    void eachHandlerOfASignalIsNotifiedOfItsOwnEnd() throws Throwable {
        MemorySegment action = newAction();
        List<String> seen = new ArrayList<>();
        List<Destruction> destructions = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int own = i;
            Destruction destruction = new Destruction();
            destructions.add(destruction);
            ids.add(connect(action, "notify::enabled", destruction.owns(PROPERTY_HANDLER.bind((_, property, _) -> {
                MemorySegment name = (MemorySegment) propertyName.invokeExact(property);
                seen.add(own + " " + name.getString(0));
            })), destruction.owns(CLOSURE_NOTIFY.bind((userData, _) -> destruction.run(userData)))));
        }
        setEnabled.invokeExact(action, FALSE);
        assertThat(seen).containsExactly("0 enabled", "1 enabled", "2 enabled");

        signalDisconnect.invokeExact(action, (long) ids.get(1));
        destructions.get(0).assertPending();
        destructions.get(1).assertRanOnce(USER_DATA);
        destructions.get(2).assertPending();
        seen.clear();
        setEnabled.invokeExact(action, TRUE);
        assertThat(seen).containsExactly("0 enabled", "2 enabled");

        objectUnref.invokeExact(action);
        destructions.forEach(destruction -> destruction.assertRanOnce(USER_DATA));
    }

    @Test
    void aHandlerMayDisconnectItselfAndSoCloseItsOwnClosure() throws Throwable {
        MemorySegment action = newAction();
        Destruction destruction = new Destruction();
        List<Long> ids = new ArrayList<>();
        List<MemorySegment> seen = new ArrayList<>();
        ids.add(connect(action, "notify::enabled", destruction.owns(PROPERTY_HANDLER.bind((instance, _, _) -> {
            seen.add(instance);
            signalDisconnect.invokeExact(instance, (long) ids.getFirst());
        })), destruction.owns(CLOSURE_NOTIFY.bind((userData, _) -> destruction.run(userData)))));

        setEnabled.invokeExact(action, FALSE);
        destruction.assertRanOnce(USER_DATA);
        setEnabled.invokeExact(action, TRUE);
        assertThat(seen).containsExactly(action);

        objectUnref.invokeExact(action);
        destruction.assertRanOnce(USER_DATA);
    }
}
