// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import java.util.Iterator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
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
    void anArrayAsAnArgument() {
        MemoryLayout array = MemoryLayout.sequenceLayout(4, JAVA_INT);
        refuses(() -> ClosureType.of(IntUnaryOperator.class, FunctionDescriptor.of(JAVA_INT, array)),
                array.toString(), "C passes as a pointer", "ValueLayout.ADDRESS");
        refuses(() -> CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, array)), array.toString(),
                "C passes as a pointer", "ValueLayout.ADDRESS");
    }

    @Test
    void anOptionThatIsGivenTwiceOrBelongsElsewhere() {
        refuses(() -> ClosureType.of(IntBinaryOperator.class, BINARY, ClosureOption.traceCloses(true),
                ClosureOption.traceCloses(false)), "ClosureOption.traceCloses", "more than once");
        refuses(() -> ClosureType.of(IntBinaryOperator.class, BINARY, ClosureOption.tier(Tier.GATE)),
                "ClosureOption.tier", "CallInterface.prepare");
        refuses(() -> StaticLinker.nativeLinker(ClosureOption.firstVariadicArg(1)), "ClosureOption.firstVariadicArg",
                "CallInterface.prepare");
        refuses(() -> Salto.override(ClosureOption.onException(ExceptionPolicy.returnValue(1))),
                "ExceptionPolicy.returnValue(1)", "ExceptionPolicy.handleBy");
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

    @Tag("port")
    @Test
    void aLayoutThatTheLinkerDoesNotKnow() {
        ValueLayout foreign = JAVA_INT.withOrder(Values.foreignOrder());

        assertThatThrownBy(() -> ClosureType.of(IntSupplier.class, FunctionDescriptor.of(foreign)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void names(String parameter, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(parameter);
    }

    @Test
    void nullForAnything() {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);

        names("functionalInterface", () -> ClosureType.of(nothing(), BINARY));
        names("descriptor", () -> ClosureType.of(IntBinaryOperator.class, (FunctionDescriptor) nothing()));
        names("lookup", () -> ClosureType.of(nothing(), IntBinaryOperator.class, BINARY));
        names("options", () -> ClosureType.of(IntBinaryOperator.class, BINARY, (ClosureOption[]) nothing()));
        names("target", () -> type.bind(nothing()));
        names("arena", () -> type.bind((a, b) -> 0, nothing()));
        names("handler", () -> CallInterface.prepare(BINARY).bind(nothing()));
        names("handler", () -> CallInterface.prepare(BINARY).bindBoxed(nothing()));
        names("function", () -> CallInterface.prepare((FunctionDescriptor) nothing()));
        names("options", () -> CallInterface.prepare(BINARY, (ClosureOption[]) nothing()));
        names("policy", () -> ClosureOption.onException(nothing()));
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
