// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.text.callers.ExitCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Closures of all kinds, with functions of all types of {@link ExitCallers}. While Java answers,
 * each result consists of {@link ExitCallers#WHILE_ALIVE}.
 */
public final class ExitClosures {
    /** A fallback value of its own. */
    private static final int VALUE = 7;

    /** More than there are first slots of a kind. */
    private static final int MANY = 80;

    /**
     * More than a kind's first two tables have. The second time a kind maps tables, it maps two at
     * once.
     */
    private static final int SEVERAL_TABLES = 2 * TableByIndex.capacity() + MANY;

    private final List<MemorySegment[]> functions = new ArrayList<>();
    private final List<Integer> atEnd = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Set<String> leftOut = new TreeSet<>();

    interface ToInt {
        int call(int a, int b);
    }

    interface ToLong {
        long call(int a, int b, int c, int d, int e, int f, int g, int h, int i);
    }

    interface ToDouble {
        double call(double a, double b, double c, double d, double e, double f, double g, double h, double i);
    }

    interface ToFloat {
        float call(float a);
    }

    interface ToStruct {
        MemorySegment call(int a);
    }

    interface ToLarge {
        MemorySegment call(int a, int b);
    }

    interface ToNothing {
        void call(int a);
    }

    /** Binds an object; returns a function pointer that is never freed. */
    private interface Binder {
        MemorySegment bind();
    }

    /** Binds closures of all kinds, for good. */
    public ExitClosures() {
        for (int value : new int[]{0, VALUE}) {
            for (int count : new int[]{1, MANY}) {
                for (boolean isTraced : new boolean[]{false, true}) {
                    add("typed, %s, value %s, traced %s".formatted(count, value, isTraced), value, count,
                            function -> typed(function, value, isTraced));
                }
                Tiers.here().forEach(tier -> {
                    add("boxed, %s, %s, value %s".formatted(tier, count, value), value, count,
                            function -> boxed(function, value, tier));
                    add("arguments, %s, %s, value %s".formatted(tier, count, value), value, count,
                            function -> arguments(function, value, tier));
                });
            }
        }
        add("typed, of several tables", VALUE, SEVERAL_TABLES, function -> typed(function, VALUE, false));
    }

    private interface Kind {
        Binder of(FunctionDescriptor function);
    }

    private void add(String name, int value, int count, Kind kind) {
        MemorySegment[] all = new MemorySegment[ExitCallers.TYPES.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = MemorySegment.NULL;
            try {
                Binder binder = kind.of(ExitCallers.TYPES.get(i));
                for (int j = 0; j < count; j++) {
                    all[i] = binder.bind();
                }
            } catch (IllegalArgumentException e) {
                // The JDK's linker has no stub for some structs on some architectures.
                leftOut.add(ExitCallers.TYPES.get(i) + ": " + e.getMessage());
            }
        }
        functions.add(all);
        atEnd.add(value);
        names.add(name);
    }

    private static ClosureOption[] options(FunctionDescriptor function, int value, ClosureOption more) {
        if (value == 0 || function.returnLayout().isEmpty()) {
            return new ClosureOption[]{more};
        }
        Object result = result(function, value);
        return new ClosureOption[]{more,
            ClosureOption.onException(ExceptionPolicy.returnValue(Objects.requireNonNull(result)))};
    }

    private static Binder typed(FunctionDescriptor function, int value, boolean isTraced) {
        ClosureOption[] options = options(function, value, ClosureOption.traceCloses(isTraced));
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        return switch (ExitCallers.TYPES.indexOf(function)) {
            case 0 -> binder(ClosureType.of(lookup, ToInt.class, function, options), (_, _) -> 1);
            case 1 -> binder(ClosureType.of(lookup, ToLong.class, function, options),
                    (_, _, _, _, _, _, _, _, _) -> 1);
            case 2 -> binder(ClosureType.of(lookup, ToDouble.class, function, options),
                    (_, _, _, _, _, _, _, _, _) -> 1);
            case 3 -> binder(ClosureType.of(lookup, ToFloat.class, function, options), _ -> 1);
            case 4, 5 -> {
                MemorySegment result = (MemorySegment) Objects
                        .requireNonNull(result(function, ExitCallers.WHILE_ALIVE));
                yield binder(ClosureType.of(lookup, ToStruct.class, function, options), _ -> result);
            }
            case 6 -> {
                MemorySegment result = (MemorySegment) Objects
                        .requireNonNull(result(function, ExitCallers.WHILE_ALIVE));
                yield binder(ClosureType.of(lookup, ToLarge.class, function, options), (_, _) -> result);
            }
            default -> binder(ClosureType.of(lookup, ToNothing.class, function, options), _ -> {});
        };
    }

    private static <T> Binder binder(ClosureType<T> type, T target) {
        return () -> MemorySegment.ofAddress(type.bindAddress(target));
    }

    private static Binder boxed(FunctionDescriptor function, int value, Tier tier) {
        Object result = result(function, ExitCallers.WHILE_ALIVE);
        CallInterface type = CallInterface.prepare(function, options(function, value, ClosureOption.tier(tier)));
        return () -> type.bindBoxed((_, _) -> result, Arena.global());
    }

    private static Binder arguments(FunctionDescriptor function, int value, Tier tier) {
        Object result = result(function, ExitCallers.WHILE_ALIVE);
        CallInterface type = CallInterface.prepare(function, options(function, value, ClosureOption.tier(tier)));
        return () -> type.bind(arguments -> giveBack(arguments, result), Arena.global());
    }

    private static void giveBack(Arguments arguments, @Nullable Object result) {
        switch (result) {
            case null -> {
            }
            case Integer number -> arguments.setReturn(number.intValue());
            case Long number -> arguments.setReturn(number.longValue());
            case Float number -> arguments.setReturn(number.floatValue());
            case Double number -> arguments.setReturn(number.doubleValue());
            default -> arguments.setReturn((MemorySegment) result);
        }
    }

    /** A result of a type, all of whose members have the same value; null if it returns nothing. */
    private static @Nullable Object result(FunctionDescriptor function, int value) {
        MemoryLayout layout = function.returnLayout().orElse(null);
        if (layout == null) {
            return null;
        }
        if (layout instanceof GroupLayout group) {
            MemorySegment struct = Arena.global().allocate(group);
            long offset = 0;
            for (MemoryLayout member : group.memberLayouts()) {
                set(struct, offset, member, value);
                offset += member.byteSize();
            }
            return struct;
        }
        return switch (layout) {
            case ValueLayout.OfInt _ -> (Object) value;
            case ValueLayout.OfLong _ -> (long) value;
            case ValueLayout.OfFloat _ -> (float) value;
            default -> (double) value;
        };
    }

    private static void set(MemorySegment struct, long offset, MemoryLayout member, int value) {
        switch (member) {
            case ValueLayout.OfLong of -> struct.set(of, offset, value);
            case ValueLayout.OfFloat of -> struct.set(of, offset, value);
            default -> struct.set((ValueLayout.OfDouble) member, offset, value);
        }
    }

    /** The function pointers, with their types, for calls. */
    public ExitCallers callers() {
        return new ExitCallers(functions, atEnd.stream().mapToInt(Integer::intValue).toArray());
    }

    /** The function pointers of each kind, in the order of {@link ExitCallers#TYPES}. */
    public List<MemorySegment[]> functions() {
        return functions;
    }

    /** The value that the functions of each kind return at the end. */
    public List<Integer> atEnd() {
        return atEnd;
    }

    /** The names of the kinds. */
    public List<String> names() {
        return names;
    }

    /** The types that the JDK's linker does not know here, with its reasons. */
    public Set<String> leftOut() {
        return leftOut;
    }
}
