// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The one abstract method of a functional interface.
 *
 * @param owner the interface
 * @param name the method's name
 * @param type its erased type
 */
record FunctionalMethod(Class<?> owner, String name, MethodType type) {
    /**
     * Finds the method of an interface.
     *
     * @throws IllegalArgumentException if the type is not a functional interface; the message says
     *     why
     */
    static FunctionalMethod of(Class<?> type) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException(
                    "%s is not an interface; a closure's type is a functional interface, one with"
                            .formatted(type.getName()) + " a single abstract method");
        }
        if (type.isSealed() || type.isHidden()) {
            throw new IllegalArgumentException(
                    type.getName() + " is sealed or hidden; a closure's type has to be an interface"
                            + " that anyone can implement and name");
        }
        // Loops instead of streams, here and elsewhere before the first callback: the JVM makes a
        // class for each lambda.
        List<Method> candidates = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !isMethodOfObject(method)) {
                candidates.add(method);
            }
        }
        Method method = candidates.size() == 1 ? candidates.getFirst() : commonMethod(type, candidates);
        return new FunctionalMethod(type, method.getName(),
                MethodType.methodType(method.getReturnType(), method.getParameterTypes()));
    }

    /**
     * Whether every object has the method. An interface cannot declare the others of
     * {@code Object}.
     */
    private static boolean isMethodOfObject(Method method) {
        return switch (method.getName()) {
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[]{Object.class});
            default -> false;
        };
    }

    /**
     * Returns the method that stands for all others, if an interface inherits several of one
     * signature (JLS 9.8). An implementation has all of them, so each of them is as good.
     */
    private static Method commonMethod(Class<?> type, List<Method> candidates) {
        List<MemberSignature> signatures = MemberSignature.of(type, candidates);
        for (MemberSignature one : signatures) {
            if (signatures.stream().allMatch(one::standsFor)) {
                return one.method();
            }
        }
        throw new IllegalArgumentException(
                "%s has %s abstract methods; a closure's type is a functional interface, with exactly"
                        .formatted(type.getName(), candidates.size()) + " one");
    }

    /**
     * Checks that native code can call this method as the descriptor says.
     *
     * @throws IllegalArgumentException if it cannot; the message names both sides
     */
    void requireFits(FunctionDescriptor descriptor) {
        MethodType carriers = descriptor.toMethodType();
        if (carriers.parameterCount() != type.parameterCount()) {
            throw misfit(descriptor, "the method has %d parameters, the descriptor %d".formatted(type.parameterCount(),
                    carriers.parameterCount()));
        }
        for (int i = 0; i < carriers.parameterCount(); i++) {
            if (!type.parameterType(i).isAssignableFrom(carriers.parameterType(i))) {
                throw misfit(descriptor,
                        "parameter %d is %s in the method, %s (layout %s) in the descriptor".formatted(i,
                                type.parameterType(i).getSimpleName(), carriers.parameterType(i).getSimpleName(),
                                descriptor.argumentLayouts().get(i)));
            }
        }
        // An erased type variable, as in Supplier<MemorySegment>, is checked when the method
        // returns.
        if (!type.returnType().isAssignableFrom(carriers.returnType())) {
            throw misfit(descriptor, "the result is %s in the method, %s in the descriptor".formatted(
                    type.returnType().getSimpleName(), carriers.returnType().getSimpleName()));
        }
    }

    private IllegalArgumentException misfit(FunctionDescriptor descriptor, String difference) {
        return new IllegalArgumentException(
                "%s.%s%s does not fit the descriptor %s: %s. Change one of them so that they agree"
                        .formatted(owner.getName(), name, type, descriptor, difference));
    }

    /**
     * The method, which takes the object first.
     *
     * @param lookup has access to the interface
     */
    MethodHandle find(MethodHandles.Lookup lookup) {
        try {
            return lookup.findVirtual(owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup finds the method of an interface that it has access to", e);
        }
    }

    MethodTypeDesc describeType() {
        return type.describeConstable().orElseThrow();
    }
}
