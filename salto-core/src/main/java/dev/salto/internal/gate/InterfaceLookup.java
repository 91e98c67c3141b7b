// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/** Finds a lookup with access to an interface, if the caller passes none. */
public final class InterfaceLookup {
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();

    private static final String CLASS = "SaltoLookup";
    private static final String METHOD = "lookup";

    private InterfaceLookup() {}

    /**
     * Returns a lookup that can define classes that see an interface: Salto's own, or one in the
     * interface's package, if that is open to Salto. The packages of the class path are.
     *
     * @throws IllegalArgumentException if there is none; the message says why, and the remedy
     */
    public static MethodHandles.Lookup of(Class<?> type) {
        Module here = HERE.lookupClass().getModule();
        here.addReads(type.getModule());
        String obstacle = obstacle(type, here);
        if (obstacle == null) {
            return HERE;
        }
        try {
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, HERE);
            return inside.hasFullPrivilegeAccess() ? inside : lookupOfPackage(inside);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "%s is not accessible to %s: %s, and its package %s is not open to it. Pass MethodHandles.lookup() as the first argument, from a class that can use the interface"
                            .formatted(type.getName(), here, obstacle, type.getPackageName()),
                    e);
        }
    }

    /** Says why a class of Salto's cannot use a type; null if it can. */
    private static @Nullable String obstacle(Class<?> type, Module here) {
        for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
            if (!Modifier.isPublic(c.getModifiers())) {
                return c.equals(type) ? "it is not public" : "the class around it, " + c.getName() + ", is not public";
            }
        }
        if (!type.getModule().isExported(type.getPackageName(), here)) {
            return "its package is not exported by " + type.getModule();
        }
        return isFoundByName(type) ? null : "Salto's class loader does not find it";
    }

    private static boolean isFoundByName(Class<?> type) {
        try {
            return Class.forName(type.getName(), false, HERE.lookupClass().getClassLoader()) == type;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Returns a lookup of a class in the package, which can define hidden classes. A lookup that
     * comes from another module cannot.
     */
    private static MethodHandles.Lookup lookupOfPackage(MethodHandles.Lookup inside) throws IllegalAccessException {
        try {
            return (MethodHandles.Lookup) inside
                    .findStatic(classOfPackage(inside), METHOD, MethodType.methodType(MethodHandles.Lookup.class))
                    .invokeExact();
        } catch (IllegalAccessException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError(CLASS + " does not work", e);
        }
    }

    private static synchronized Class<?> classOfPackage(MethodHandles.Lookup inside)
            throws IllegalAccessException, ClassNotFoundException {
        String packageName = inside.lookupClass().getPackageName();
        String name = packageName.isEmpty() ? CLASS : packageName + "." + CLASS;
        try {
            return inside.findClass(name);
        } catch (ClassNotFoundException e) {
            return inside.defineClass(write(ClassDesc.of(name)));
        }
    }

    /** Writes a class with one method, which returns its lookup. */
    private static byte[] write(ClassDesc self) {
        MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_MethodHandles_Lookup);
        return ClassFile.of().build(self, builder -> builder.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                .withMethodBody(METHOD, type, ClassFile.ACC_STATIC, code -> code
                        .invokestatic(ConstantDescs.CD_MethodHandles, METHOD, type)
                        .areturn()));
    }
}
