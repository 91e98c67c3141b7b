// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a method as a member of an interface: its name and parameter types. The
 * interface's type arguments replace its type variables.
 *
 * @param method the method, perhaps of a superinterface
 * @param signature name and parameter types as that member has them, as text
 * @param erasure the same after erasure
 */
record MemberSignature(Method method, String signature, String erasure) {
    /**
     * The signatures of methods.
     *
     * @param type the interface that the methods are members of
     */
    static List<MemberSignature> of(Class<?> type, List<Method> methods) {
        Map<Class<?>, @Nullable Map<TypeVariable<?>, Resolved>> arguments = new HashMap<>();
        collect(type, Map.of(), arguments);
        List<MemberSignature> signatures = new ArrayList<>();
        for (Method method : methods) {
            signatures.add(of(method, arguments.get(method.getDeclaringClass())));
        }
        return signatures;
    }

    /**
     * Whether this is a subsignature of another (JLS 8.4.2), and its result can stand for the
     * other's (JLS 8.4.5).
     */
    boolean standsFor(MemberSignature other) {
        return (signature.equals(other.signature) || signature.equals(other.erasure))
                && other.method.getReturnType().isAssignableFrom(method.getReturnType());
    }

    /** A type in which the variables of interfaces have been replaced, and its erasure, as text. */
    private record Resolved(String full, String erasure) {
        static Resolved of(Class<?> type) {
            return new Resolved(type.getTypeName(), type.getTypeName());
        }
    }

    /**
     * Goes through an interface and those that it inherits from.
     *
     * @param known the values of the variables of {@code type}; null if it is used without type
     *     arguments, so that all its supertypes are erased
     * @param all gets the same for each interface
     */
    private static void collect(Class<?> type, @Nullable Map<TypeVariable<?>, Resolved> known,
            Map<Class<?>, @Nullable Map<TypeVariable<?>, Resolved>> all) {
        all.put(type, known);
        for (Type inherited : type.getGenericInterfaces()) {
            if (known == null) {
                collect(erase(inherited), null, all);
            } else if (inherited instanceof ParameterizedType generic) {
                Class<?> raw = (Class<?>) generic.getRawType();
                Map<TypeVariable<?>, Resolved> arguments = new HashMap<>();
                for (int i = 0; i < raw.getTypeParameters().length; i++) {
                    arguments.put(raw.getTypeParameters()[i], resolve(generic.getActualTypeArguments()[i], known));
                }
                collect(raw, arguments, all);
            } else {
                Class<?> plain = (Class<?>) inherited;
                collect(plain, plain.getTypeParameters().length == 0 ? Map.of() : null, all);
            }
        }
    }

    private static Class<?> erase(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }

    private static MemberSignature of(Method method, @Nullable Map<TypeVariable<?>, Resolved> known) {
        StringBuilder full = new StringBuilder(method.getName()).append('(');
        StringBuilder erasure = new StringBuilder(full);
        for (int i = 0; i < method.getParameterCount(); i++) {
            Resolved parameter = known == null
                    ? Resolved.of(method.getParameterTypes()[i])
                    : resolve(method.getGenericParameterTypes()[i], known);
            full.append(parameter.full()).append(',');
            erasure.append(parameter.erasure()).append(',');
        }
        if (known != null) {
            for (TypeVariable<Method> variable : method.getTypeParameters()) {
                full.append('<').append(resolve(variable.getBounds(), known));
            }
        }
        return new MemberSignature(method, full.toString(), erasure.toString());
    }

    private static Resolved resolve(Type type, Map<TypeVariable<?>, Resolved> known) {
        return switch (type) {
            case Class<?> plain -> Resolved.of(plain);
            case GenericArrayType array -> {
                Resolved element = resolve(array.getGenericComponentType(), known);
                yield new Resolved(element.full() + "[]", element.erasure() + "[]");
            }
            case ParameterizedType generic -> new Resolved(
                    generic.getRawType().getTypeName() + '<' + resolve(generic.getActualTypeArguments(), known),
                    generic.getRawType().getTypeName());
            case TypeVariable<?> variable -> resolve(variable, known);
            case WildcardType wildcard -> new Resolved(
                    "? extends " + resolve(wildcard.getUpperBounds(), known) + " super "
                            + resolve(wildcard.getLowerBounds(), known),
                    "");
            default -> throw new AssertionError("no kind of type: " + type);
        };
    }

    /** A variable of a method is identified by its position, so its name does not matter. */
    private static Resolved resolve(TypeVariable<?> variable, Map<TypeVariable<?>, Resolved> known) {
        Resolved argument = known.get(variable);
        if (argument != null) {
            return argument;
        }
        String name = variable.getGenericDeclaration() instanceof Method method
                ? "#" + List.of(method.getTypeParameters()).indexOf(variable)
                : variable.getName();
        Type bound = variable.getBounds()[0];
        return new Resolved(name, bound instanceof TypeVariable<?> other
                ? resolve(other, known).erasure()
                : erase(bound).getTypeName());
    }

    private static String resolve(Type[] types, Map<TypeVariable<?>, Resolved> known) {
        StringBuilder all = new StringBuilder();
        for (Type type : types) {
            all.append(resolve(type, known).full()).append(';');
        }
        return all.toString();
    }
}
