// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Something that is measured.
 *
 * @param key its name on the command line and in JSON, which stays as it is
 * @param title its name, for people
 * @param unit the unit of its values: {@code ns}, {@code ms}, {@code s}, {@code bytes},
 *     {@code MiB}, {@code times}, or empty for numbers
 */
public record Figure(String key, String title, String unit) {
    private static final String NS = "ns";
    private static final String BYTES = "bytes";
    private static final String TIMES = "times";

    /** One callback, called again and again. */
    public static final Figure CALL_ONE = new Figure("call-one", "call one again and again", NS);
    /** Callbacks to objects of 16 classes. */
    public static final Figure CALL_16_IN_TURN = new Figure("call-16-in-turn", "call 16 of 16 classes in turn", NS);
    /** One callback, called again and again, against the JDK's stub in the same JVM. */
    public static final Figure CALL_ONE_TO_JDK = sideBySide(CALL_ONE, "jdk");
    /** The same against LWJGL's. */
    public static final Figure CALL_ONE_TO_LWJGL = sideBySide(CALL_ONE, "lwjgl");
    /** Callbacks to objects of 16 classes, against the JDK's stubs in the same JVM. */
    public static final Figure CALL_16_TO_JDK = sideBySide(CALL_16_IN_TURN, "jdk");
    /** So many callbacks that no cache holds them, against the JDK's stubs in the same JVM. */
    public static final Figure CALL_200K_TO_JDK = new Figure("call-200k-in-turn-to-jdk",
            "call each of 200,000 in turn, side by side with jdk", TIMES);
    /** Eight integers. */
    public static final Figure CALL_8_INTS = new Figure("call-8-ints", "call with 8 ints", NS);
    /** Eight floating-point numbers. */
    public static final Figure CALL_8_DOUBLES = new Figure("call-8-doubles", "call with 8 doubles", NS);
    /** A struct by value. */
    public static final Figure CALL_STRUCT = new Figure("call-struct",
            "call with an int, a struct of 16 bytes, a double",
            NS);
    /** Native code to native code. */
    public static final Figure TRAMPOLINE = new Figure("trampoline-native", "native code calls native code", NS);
    /** Native code to a native binding. */
    public static final Figure NATIVE_BINDING = new Figure("native-binding", "native code calls a native binding", NS);
    /** One at a time. */
    public static final Figure CREATE_CLOSE_LOOP = new Figure("create-close-loop", "create one and close it, in a loop",
            NS);
    /** One at a time while many are live, against libffi in the same JVM. */
    public static final Figure CREATE_CLOSE_BY_TURNS = new Figure("create-close-by-turns",
            "create one and close it, in a loop, 100,000 live, by turns", NS);
    /** An address each while many are live, in recycled memory, against libffi in the same JVM. */
    public static final Figure BIND_ADDRESS_BY_TURNS = new Figure("bind-address-by-turns",
            "bindAddress, 100,000 live, in recycled memory, by turns", NS);
    /** Two threads create. */
    public static final Figure TWO_THREADS_CREATE = new Figure("two-threads-create",
            "two threads create: times what one does", TIMES);
    /** Two threads create and close. */
    public static final Figure TWO_THREADS_CREATE_CLOSE = new Figure("two-threads-create-close",
            "two threads create and close", TIMES);
    /** Two threads create, and close what the other has created. */
    public static final Figure TWO_THREADS_CLOSE_OTHERS = new Figure("two-threads-close-others",
            "two threads create, and close each other's", TIMES);
    /** From the start of the JVM. */
    public static final Figure FIRST_CALLBACK = new Figure("first-callback",
            "first callback answered, from the start of the JVM", "ms");
    /** From the start of the JVM, with the JDK's cache. */
    public static final Figure FIRST_CALLBACK_AOT = new Figure("first-callback-aot",
            "the same with the JDK's AOT cache", "ms");
    /** The first callback of another type. */
    public static final Figure SECOND_SIGNATURE = new Figure("second-signature",
            "first callback of a second signature created", "ms");
    /**
     * The first closure of one of the types that a process begins with; Salto's are data-driven.
     */
    public static final Figure NEW_TYPE = new Figure("new-type", "first closure of a new type, early in a process", NS);
    /** The first closure of a type when there were many others. */
    public static final Figure NEW_TYPE_WARM = new Figure("new-type-warm",
            "first closure of a new type, after 1,200 others", NS);
    /** A data-driven closure, called again and again, against the JDK's stub in the same JVM. */
    public static final Figure CALL_DATA_DRIVEN_TO_JDK = new Figure("call-data-driven-to-jdk",
            "call a data-driven closure, side by side with jdk", TIMES);
    /** The allocation of a call of a data-driven closure. */
    public static final Figure CALL_DATA_DRIVEN_BYTES = new Figure("call-data-driven-allocated",
            "call a data-driven closure: Java heap allocated", BYTES);
    /** A recorded call against one of the JDK's stub in the same JVM. */
    public static final Figure RECORDED_TO_JDK = new Figure("recorded-to-jdk",
            "record a call without a clock, side by side with jdk", TIMES);
    /** The same with a reading of the processor's counter. */
    public static final Figure RECORDED_CLOCK_TO_JDK = new Figure("recorded-clock-to-jdk",
            "record a call, side by side with jdk", TIMES);
    /** The calls that a consumer takes from two threads, against as many threads' upcalls. */
    public static final Figure RECORDED_RATE_TO_JDK = new Figure("recorded-rate-to-jdk",
            "calls of two threads that a consumer takes, to the upcalls of two", TIMES);
    /** The allocation of a recorded call when it is taken. */
    public static final Figure RECORDED_BYTES = new Figure("recorded-allocated",
            "take a recorded call: Java heap allocated", BYTES);
    /** The first call on a foreign thread, beyond what the thread takes anyway. */
    public static final Figure ATTACH = new Figure("attach-thread",
            "a foreign thread is attached at its call, and detached at its end", NS);
    /** The memory of a process that has one closure of each of many types. */
    public static final Figure TYPES_RESIDENT = new Figure("types-8192-resident",
            "8,192 types with one closure each: RSS", "MiB");
    /** The processor time of that process, from its start. */
    public static final Figure TYPES_CPU_TIME = new Figure("types-8192-cpu-time",
            "8,192 types with one closure each: CPU time", "s");
    /** The last million of ten against the first. */
    public static final Figure GROWTH = new Figure("create-10m-last-to-first",
            "the last million of ten against the first", TIMES);
    /** The number of live callbacks at a peer's limit. */
    public static final Figure MOST_LIVE = new Figure("most-live", "live when it could not go on", "");

    /** How many closures of a new type are created. */
    public static final List<Size> NEW_TYPES = List.of(Size.K100, Size.M1);

    /** All figures, in the order of the report. */
    public static final List<Figure> ALL = all();

    private static List<Figure> all() {
        List<Figure> all = new ArrayList<>();
        for (Size size : Size.values()) {
            all.add(createFresh(size));
        }
        for (Size size : NEW_TYPES) {
            all.add(createNewType(size));
        }
        for (Size size : Size.values()) {
            all.add(createLive(size));
        }
        all.add(BIND_ADDRESS_BY_TURNS);
        all.add(GROWTH);
        for (Size size : Size.values()) {
            all.add(closeInOrder(size));
        }
        for (Size size : Size.values()) {
            all.add(closeRandom(size));
        }
        all.add(CREATE_CLOSE_LOOP);
        all.add(CREATE_CLOSE_BY_TURNS);
        all.addAll(
                List.of(CALL_ONE, CALL_ONE_TO_JDK, CALL_ONE_TO_LWJGL, CALL_16_IN_TURN, CALL_16_TO_JDK,
                        CALL_200K_TO_JDK, CALL_8_INTS, CALL_8_DOUBLES, CALL_STRUCT, TRAMPOLINE, NATIVE_BINDING));
        all.addAll(List.of(TWO_THREADS_CREATE, TWO_THREADS_CREATE_CLOSE, TWO_THREADS_CLOSE_OTHERS));
        all.addAll(List.of(NEW_TYPE, NEW_TYPE_WARM, CALL_DATA_DRIVEN_TO_JDK, CALL_DATA_DRIVEN_BYTES));
        all.addAll(List.of(RECORDED_TO_JDK, RECORDED_CLOCK_TO_JDK, RECORDED_RATE_TO_JDK, RECORDED_BYTES, ATTACH));
        all.addAll(List.of(TYPES_RESIDENT, TYPES_CPU_TIME));
        all.addAll(List.of(FIRST_CALLBACK, FIRST_CALLBACK_AOT, SECOND_SIGNATURE));
        List<Size> sizes = Arrays.stream(Size.values()).filter(Size::isEnoughForMemory).toList();
        sizes.forEach(size -> all.add(nativeBytes(size)));
        sizes.forEach(size -> all.add(heapBytes(size)));
        for (Size size : Size.values()) {
            all.add(mappings(size));
        }
        for (Size size : Size.values()) {
            all.add(writableExecutable(size));
        }
        all.add(MOST_LIVE);
        for (Collector collector : Collector.values()) {
            all.add(pause(collector));
            all.add(fullPause(collector));
        }
        return List.copyOf(all);
    }

    /** The figure with a key, if there is one. */
    public static Optional<Figure> ofKey(String key) {
        return ALL.stream().filter(figure -> figure.key.equals(key)).findFirst();
    }

    /** The mean time to create one of so many, in memory that was not used before. */
    public static Figure createFresh(Size size) {
        return of("create-", size, "-fresh", "create, up to %s, in fresh memory", NS);
    }

    /** The mean time to create one of so many of a new type, in memory new to the process. */
    public static Figure createNewType(Size size) {
        return of("create-", size, "-new-type", "create %s of a new type, in fresh memory", NS);
    }

    /** The time to create one while so many are live, after as many were closed as are created. */
    public static Figure createLive(Size size) {
        return of("create-", size, "-live", "create, %s live, in recycled memory", NS);
    }

    /** The time to close one while so many are live, in the order of creation. */
    public static Figure closeInOrder(Size size) {
        return of("close-", size, "-in-order", "close, %s live, in order", NS);
    }

    /** The time to close one while so many are live, in random order. */
    public static Figure closeRandom(Size size) {
        return of("close-", size, "-random", "close, %s live, in random order", NS);
    }

    /** How much memory outside the Java heap each takes, code included. */
    public static Figure nativeBytes(Size size) {
        return of("native-bytes-each-", size, "", "native memory each, %s live", BYTES);
    }

    /** How much Java heap each takes, with the object that is called back. */
    public static Figure heapBytes(Size size) {
        return of("heap-bytes-each-", size, "", "Java heap each, %s live", BYTES);
    }

    /** How many memory mappings they add. */
    public static Figure mappings(Size size) {
        return of("mappings-", size, "", "mappings added, %s live", "");
    }

    /** How many of them are writable and executable. */
    public static Figure writableExecutable(Size size) {
        return of("writable-executable-mappings-", size, "", "writable+executable ones, %s live", "");
    }

    /** The pauses of a garbage collector, but for full collections. */
    public static Figure pause(Collector collector) {
        return new Figure("gc-pause-" + collector.key(), "pauses of " + collector + ", 10,000,000 live", "ms");
    }

    /** The pauses of full collections. */
    public static Figure fullPause(Collector collector) {
        return new Figure("gc-pause-full-" + collector.key(),
                "full collections of " + collector + ", 10,000,000 live", "ms");
    }

    /** The time that Salto takes by that of a peer in the same JVM, by turns. */
    private static Figure sideBySide(Figure figure, String peer) {
        return new Figure(figure.key + "-to-" + peer, figure.title + ", side by side with " + peer, TIMES);
    }

    private static Figure of(String begin, Size size, String end, String title, String unit) {
        return new Figure(begin + size.key() + end, title.formatted(size), unit);
    }
}
