// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import java.util.Iterator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Refusals of closure types, and their messages: both sides, and the remedy. */
final class ClosureTypeRefusalTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    private static void refuses(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }

    @Test
    void anotherNumberOfParameters() {
        refuses(() -> ClosureType.of(IntUnaryOperator.class, BINARY),
                "IntUnaryOperator.applyAsInt", BINARY.toString(), "1 parameters", "2");
    }

    @Test
    void anotherTypeOfParameter() {
        refuses(() -> ClosureType.of(IntBinaryOperator.class, FunctionDescriptor.of(JAVA_INT, JAVA_INT, LONG_LONG)),
                "parameter 1 is int in the method", "long", LONG_LONG.toString(), "Change one of them");
    }

    @Test
    void anotherTypeOfResult() {
        refuses(() -> ClosureType.of(IntBinaryOperator.class, FunctionDescriptor.of(DOUBLE, JAVA_INT, JAVA_INT)),
                "the result is int in the method, double in the descriptor");
        refuses(() -> ClosureType.of(IntBinaryOperator.class, FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT)),
                "the result is int in the method, void in the descriptor");
        refuses(() -> ClosureType.of(Runnable.class, FunctionDescriptor.of(JAVA_INT)),
                "the result is void in the method, int in the descriptor");
    }

    @Test
    void aPrimitiveForAPointer() {
        refuses(() -> ClosureType.of(Comparator.class, BINARY), "Comparator.compare", "parameter 0 is Object", "int");
    }

    @Test
    void whatIsNoFunctionalInterface() {
        refuses(() -> ClosureType.of(String.class, BINARY), "java.lang.String", "not an interface");
        refuses(() -> ClosureType.of(Iterator.class, BINARY), "java.util.Iterator", "2 abstract methods");
        refuses(() -> ClosureType.of(java.io.Serializable.class, BINARY), "Serializable", "0 abstract methods");
    }

    public sealed interface Sealed permits OnlyOne {
        int apply(int a, int b);
    }

    record OnlyOne() implements Sealed {
        @Override
        public int apply(int a, int b) {
            return 0;
        }
    }

    @Test
    void aSealedInterface() {
        refuses(() -> ClosureType.of(MethodHandles.lookup(), Sealed.class, BINARY), "Sealed", "anyone can implement");
    }

    interface NotPublic {
        int apply(int a, int b);
    }

    @Test
    void anInterfaceThatSaltoCannotSee() {
        refuses(() -> ClosureType.of(NotPublic.class, BINARY), "NotPublic", "MethodHandles.lookup()");
    }

    @Test
    void aLookupThatCannotSeeTheInterface() {
        refuses(() -> ClosureType.of(MethodHandles.publicLookup(), NotPublic.class, BINARY), "NotPublic",
                "MethodHandles.lookup()");
    }

    @Test
    void aLookupThatCannotDefineClasses() {
        refuses(() -> ClosureType.of(MethodHandles.publicLookup(), IntBinaryOperator.class, BINARY),
                "cannot define classes", "MethodHandles.lookup()");
    }

    @Test
    void aLayoutThatTheLinkerDoesNotKnow() {
        ValueLayout foreign = JAVA_INT.withOrder(Values.foreignOrder());

        assertThatThrownBy(() -> ClosureType.of(IntSupplier.class, FunctionDescriptor.of(foreign)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nullForAnything() {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);

        assertThatThrownBy(() -> ClosureType.of(nothing(), BINARY)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ClosureType.of(IntBinaryOperator.class, nothing()))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> type.bind(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> type.bind((a, b) -> 0, nothing())).isInstanceOf(NullPointerException.class);
    }

    /** Nulls, which the annotations forbid, but unchecked code may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void anObjectThatDoesNotImplementTheInterface() {
        ClosureType raw = ClosureType.of(IntBinaryOperator.class, BINARY);

        assertThatThrownBy(() -> raw.bind("a string")).isInstanceOf(ClassCastException.class)
                .hasMessageContainingAll("java.lang.String", "IntBinaryOperator");
    }
}
