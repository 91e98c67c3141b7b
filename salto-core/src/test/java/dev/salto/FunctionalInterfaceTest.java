// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which interfaces are functional: those that the Java language has lambdas of (JLS 9.8). The
 * annotation has the compiler agree.
 */
final class FunctionalInterfaceTest {
    private static final FunctionDescriptor NUMBER = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    private static final FunctionDescriptor POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
    private static final FunctionDescriptor TO_POINTER = FunctionDescriptor.of(ADDRESS, JAVA_INT);

    interface OfNumber {
        int answer(int number);
    }

    interface OfNumberToo {
        int answer(int number);
    }

    @FunctionalInterface
    interface OfBoth extends OfNumber, OfNumberToo {}

    @FunctionalInterface
    interface OfBothTwice extends OfBoth, OfNumber {
        @Override
        boolean equals(Object other);
    }

    interface OfAny<T> {
        int answer(T argument);
    }

    interface OfPointer {
        int answer(MemorySegment pointer);
    }

    @FunctionalInterface
    interface OfAnyAndPointer extends OfAny<MemorySegment>, OfPointer {}

    interface OfAnyNamedOtherwise<U> {
        int answer(U argument);
    }

    @FunctionalInterface
    interface OfTwoVariables<V extends Comparable<V>> extends OfAny<V>, OfAnyNamedOtherwise<V> {}

    @FunctionalInterface
    interface OfOneVariable<V> extends OfAny<V>, OfAnyNamedOtherwise<V> {}

    interface ToObject {
        Object answer(int number);
    }

    interface ToPointer {
        MemorySegment answer(int number);
    }

    @FunctionalInterface
    interface ToBoth extends ToObject, ToPointer {}

    @FunctionalInterface
    @SuppressWarnings("rawtypes")
    interface OfRaw extends OfAny, OfObject {}

    interface OfObject {
        int answer(Object argument);
    }

    private static <T> int call(Class<T> type, FunctionDescriptor function, T target, Object argument)
            throws Throwable {
        try (Closure<T> closure = ClosureType.<T>of(MethodHandles.lookup(), type, function).bind(target)) {
            return (int) Linker.nativeLinker().downcallHandle(closure.address(), function).invoke(argument);
        }
    }

    @Test
    void methodsOfOneSignatureFromTwoInterfacesAreOne() throws Throwable {
        assertThat(call(OfBoth.class, NUMBER, number -> number + 1, 41)).isEqualTo(42);
        assertThat(call(OfBothTwice.class, NUMBER, number -> number + 2, 40)).isEqualTo(42);
    }

    @Test
    void methodsThatTypeArgumentsMakeEqualAreOne() throws Throwable {
        MemorySegment pointer = MemorySegment.ofAddress(42);

        assertThat(call(OfAnyAndPointer.class, POINTER, p -> (int) p.address(), pointer)).isEqualTo(42);
        assertThat(this.<OfOneVariable<MemorySegment>>answer(OfOneVariable.class, p -> (int) p.address(), pointer))
                .isEqualTo(42);
        assertThat(call(OfRaw.class, POINTER, p -> (int) ((MemorySegment) p).address(), pointer)).isEqualTo(42);
    }

    @SuppressWarnings("unchecked")
    private <T> int answer(Class<? super T> type, T target, MemorySegment pointer) throws Throwable {
        return call((Class<T>) type, POINTER, target, pointer);
    }

    @Test
    void theMethodWithTheNarrowestResultStandsForTheOthers() throws Throwable {
        try (Closure<ToBoth> closure = ClosureType.<ToBoth>of(MethodHandles.lookup(), ToBoth.class, TO_POINTER)
                .bind(MemorySegment::ofAddress)) {
            var call = Linker.nativeLinker().downcallHandle(closure.address(), TO_POINTER);

            assertThat(((MemorySegment) call.invokeExact(42)).address()).isEqualTo(42);
        }
    }

    interface TwoNames {
        int one(int number);

        int other(int number);
    }

    interface Overloads {
        int answer(Object argument);

        int answer(MemorySegment pointer);
    }

    interface OverloadsByTypeArgument extends OfAny<Comparator<String>>, OfPointer {}

    @ParameterizedTest
    @ValueSource(classes = {TwoNames.class, Overloads.class, OverloadsByTypeArgument.class})
    void methodsOfSeveralSignaturesAreRefused(Class<?> type) {
        for (FunctionDescriptor function : new FunctionDescriptor[]{NUMBER, POINTER}) {
            assertThatThrownBy(() -> ClosureType.of(MethodHandles.lookup(), type, function))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(type.getName() + " has 2 abstract methods");
        }
    }

    /** A type variable with a bound that names itself. */
    @Test
    void theParameterOfAnInterfaceWithABoundHasToFit() {
        assertThatThrownBy(() -> ClosureType.of(MethodHandles.lookup(), OfTwoVariables.class, NUMBER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not fit the descriptor");
    }
}
