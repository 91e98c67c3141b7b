// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.CTypes;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Function types without a descriptor: from a declaration as in C, and from an interface. */
final class DeclarationsTest {
    private static FunctionDescriptor parse(String declaration) {
        return CallInterface.parse(declaration).descriptor();
    }

    @Test
    void aDeclarationIsParsed() {
        assertThat(CallInterface.parse("int(pointer, long)"))
                .isSameAs(CallInterface.prepare(FunctionDescriptor.of(JAVA_INT, ADDRESS, CTypes.LONG)));
        assertThat(parse("void()")).isEqualTo(FunctionDescriptor.ofVoid());
        assertThat(parse("void f(void)")).isEqualTo(FunctionDescriptor.ofVoid());
        assertThat(parse(" double *fun_1 ( const char * const name , size_t n,int )"))
                .isEqualTo(FunctionDescriptor.of(ADDRESS, ADDRESS, parse("void(size_t)").argumentLayouts().getFirst(),
                        JAVA_INT));
    }

    @Tag("port")
    @Test
    void everyArithmeticTypeOfCIsKnown() {
        assertThat(parse("void(signed char, int8_t, short, short int, int16_t, int, signed, int32_t, signed int)"))
                .isEqualTo(FunctionDescriptor.ofVoid(JAVA_BYTE, JAVA_BYTE, JAVA_SHORT, JAVA_SHORT, JAVA_SHORT,
                        JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        assertThat(parse("void(long long, int64_t, unsigned long long int, double, float, bool, _Bool, char16_t)"))
                .isEqualTo(FunctionDescriptor.ofVoid(CTypes.LONG_LONG, CTypes.LONG_LONG, CTypes.LONG_LONG,
                        CTypes.DOUBLE, JAVA_FLOAT, JAVA_BOOLEAN, JAVA_BOOLEAN, JAVA_CHAR));
        assertThat(parse("void(unsigned, unsigned int, uint32_t, unsigned short, uint8_t, unsigned char)"))
                .isEqualTo(FunctionDescriptor.ofVoid(NativeLayouts.unsignedInt(), NativeLayouts.unsignedInt(),
                        NativeLayouts.unsignedInt(), NativeLayouts.unsignedShort(), NativeLayouts.unsignedChar(),
                        NativeLayouts.unsignedChar()));
        assertThat(parse("void(double _Complex, _Complex float, long double)")).isEqualTo(FunctionDescriptor
                .ofVoid(NativeLayouts.complexDouble(), NativeLayouts.complexFloat(), NativeLayouts.longDouble()));
    }

    /** Of compilers for Linux, those for x86 and LoongArch have it signed. */
    @Test
    void charIsSignedWhereTheCompilerHasItSigned() {
        boolean isSigned = switch (System.getProperty("os.arch")) {
            case "amd64", "i386", "loongarch64" -> true;
            default -> false;
        };

        assertThat(parse("char(char)").returnLayout())
                .contains(isSigned ? JAVA_BYTE : NativeLayouts.unsignedChar());
    }

    @Tag("port")
    @Test
    void dotsStandBeforeTheArgumentsThatAreNotDeclared() {
        CallInterface variadic = CallInterface.parse("int(pointer format, ..., int, double)");

        assertThat(variadic.fixedArguments()).isEqualTo(1);
        assertThat(variadic.descriptor()).isEqualTo(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, CTypes.DOUBLE));
    }

    @Test
    void namesThatTheCallerKnowsAreTypes() {
        StructLayout point = CLayouts.struct(JAVA_INT, JAVA_INT);

        assertThat(CallInterface.parse(Abi.NATIVE, "struct point(struct point from, sqlite3 *, number_t)",
                Map.of("struct point", point, "number_t", JAVA_FLOAT)).descriptor())
                .isEqualTo(FunctionDescriptor.of(point, point, ADDRESS, JAVA_FLOAT));
    }

    @Test
    void nativeCodeCallsWhatWasDeclared() {
        try (Closure<ArgumentHandler> product = CallInterface.parse("int(int a, int b)")
                .bind(arguments -> arguments.setReturn(arguments.getInt(0) + arguments.getInt(1)))) {
            assertThat(Callers.callRepeatedly(product.address(), 3, 5)).isEqualTo(5 + 0 + 1 + 2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "int(foo);at character 5, \"foo\" is no type",
        "int(unsigned float);\"unsigned float\" is no type",
        "int(int;at character 8, \",\" or \")\"",
        "int(int,);a type was expected",
        "int;\"(\" was expected",
        "(int);at character 1, a type was expected",
        "int(int) x;nothing can follow",
        "int(void, int);void is no type",
        "int(int, void);void is no type",
        "int(int (*f)(int));\",\" or \")\"",
        "int(int x[3]);write a pointer",
        "int(..., ...);there are dots already",
        "int(struct point);\"struct point\" is no type",
        "'';a type was expected"})
    void aMessageSaysWhereADeclarationIsWrong(String declaration, String message) {
        assertThatThrownBy(() -> CallInterface.parse(declaration)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + declaration + "\"").hasMessageContaining(message);
    }

    interface OfEach {
        long answer(boolean z, byte b, short s, char c, int i, long j, float f, double d, MemorySegment a);
    }

    interface OfNothing {
        void run();
    }

    interface OfText {
        int answer(int number, String text);
    }

    @Test
    void anInterfaceOfPrimitiveTypesAndSegmentsTellsItsDescriptor() {
        ClosureType<OfEach> type = ClosureType.of(MethodHandles.lookup(), OfEach.class);

        assertThat(type.descriptor()).isEqualTo(FunctionDescriptor.of(CTypes.LONG_LONG, JAVA_BOOLEAN, JAVA_BYTE,
                JAVA_SHORT, JAVA_CHAR, JAVA_INT, CTypes.LONG_LONG, JAVA_FLOAT, CTypes.DOUBLE, ADDRESS));
        assertThat(type.functionalInterface()).isEqualTo(OfEach.class);
        assertThat(ClosureType.of(MethodHandles.lookup(), OfNothing.class).descriptor())
                .isEqualTo(FunctionDescriptor.ofVoid());
    }

    @Test
    void nativeCodeCallsAClosureOfADerivedType() {
        try (Closure<IntBinaryOperator> sum = ClosureType.of(IntBinaryOperator.class).bind((a, b) -> a + b)) {
            assertThat(Callers.callRepeatedly(sum.address(), 3, 5)).isEqualTo(5 + 0 + 1 + 2);
        }
    }

    @Test
    void anInterfaceWithOtherTypesNeedsADescriptor() {
        assertThatThrownBy(() -> ClosureType.of(MethodHandles.lookup(), OfText.class))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("parameter 1 is java.lang.String")
                .hasMessageContaining("Pass a FunctionDescriptor");
        assertThatThrownBy(() -> ClosureType.of(Function.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"callback", "handler"})
    void theTypeOfACallInterfacesClosureIsThatOfItsHandler(String way) {
        CallInterface type = CallInterface.parse("int(int)");
        MemoryLayout result = JAVA_INT;
        try (Closure<?> closure = way.equals("handler")
                ? type.bind(arguments -> arguments.setReturn(1))
                : type.bindBoxed((_, _) -> 1)) {
            assertThat(closure.type().functionalInterface())
                    .isEqualTo(way.equals("handler") ? ArgumentHandler.class : CallHandler.class);
            assertThat(closure.type().descriptor().returnLayout()).contains(result);
        }
    }
}
