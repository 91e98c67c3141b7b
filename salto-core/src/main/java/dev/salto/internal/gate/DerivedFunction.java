// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.internal.abi.CanonicalLayouts;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The function type that an interface's method tells without a descriptor. */
public final class DerivedFunction {
    private DerivedFunction() {}

    /**
     * Derives the function type.
     *
     * @throws IllegalArgumentException if the type is not a functional interface, or its method has
     *     a type with more than one C type; the message names it
     */
    public static FunctionDescriptor of(Class<?> functionalInterface) {
        FunctionalMethod method = FunctionalMethod.of(functionalInterface);
        MemoryLayout[] arguments = new MemoryLayout[method.type().parameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = method.type().parameterType(i);
            arguments[i] = require(layout(type), method, "parameter " + i, type);
        }
        Class<?> result = method.type().returnType();
        return result == void.class
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(require(layout(result), method, "the result", result), arguments);
    }

    private static MemoryLayout require(@Nullable MemoryLayout layout, FunctionalMethod method, String place,
            Class<?> type) {
        if (layout == null) {
            throw new IllegalArgumentException(
                    "%s.%s%s does not tell its type in C: %s is %s, and only primitive types and MemorySegment can be derived. Pass a FunctionDescriptor"
                            .formatted(method.owner().getName(), method.name(), method.type(), place, type.getName()));
        }
        return layout;
    }

    private static @Nullable MemoryLayout layout(Class<?> type) {
        if (type == MemorySegment.class) {
            return ADDRESS;
        }
        return switch (type.getName()) {
            case "boolean" -> JAVA_BOOLEAN;
            case "byte" -> JAVA_BYTE;
            case "short" -> JAVA_SHORT;
            case "char" -> JAVA_CHAR;
            case "int" -> JAVA_INT;
            case "long" -> CanonicalLayouts.of("long long");
            case "float" -> JAVA_FLOAT;
            case "double" -> CanonicalLayouts.of("double");
            default -> null;
        };
    }
}
