// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.lang.reflect.Executable;
import java.lang.reflect.Member;
import org.jspecify.annotations.Nullable;

/**
 * Knows method handles for which the JDK finds no declared exceptions. Its linker refuses those of
 * methods and constructors that declare some. It sees none in bound or combined method handles.
 */
public final class DeclaredExceptions {
    /** The JDK's names of the classes of bound or combined method handles. */
    private static final String BOUND = "java.lang.invoke.BoundMethodHandle";
    private static final String SIMPLE = "java.lang.invoke.SimpleMethodHandle";

    private static final int SIZE = 256;

    /** Method handles without declared exceptions, by identity hash code. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final @Nullable WeakReference<MethodHandle>[] WITHOUT = new WeakReference[SIZE];

    private DeclaredExceptions() {}

    /** Whether it is sure that the JDK finds no declared exceptions. */
    public static boolean areMissing(MethodHandle target) {
        String name = target.getClass().getName();
        return name.startsWith(BOUND) || name.equals(SIMPLE) || isKnown(target) || isWithout(target);
    }

    private static boolean isKnown(MethodHandle target) {
        WeakReference<MethodHandle> known = WITHOUT[place(target)];
        return known != null && known.refersTo(target);
    }

    private static boolean isWithout(MethodHandle target) {
        try {
            if (MethodHandles.reflectAs(Member.class, target) instanceof Executable method
                    && method.getExceptionTypes().length == 0) {
                noteMissing(target);
                return true;
            }
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            // It is not direct.
            return false;
        }
        return false;
    }

    /** Notes that the JDK has found no declared exceptions. */
    public static void noteMissing(MethodHandle target) {
        WITHOUT[place(target)] = new WeakReference<>(target);
    }

    private static int place(MethodHandle target) {
        return System.identityHashCode(target) & (SIZE - 1);
    }
}
