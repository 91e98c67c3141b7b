// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A functional interface for a signature that only the running test knows.
 *
 * @param type the interface, a public one
 */
record RuntimeInterface(Class<Object> type) {
    private static final Map<MethodType, RuntimeInterface> DEFINED = new ConcurrentHashMap<>();

    static RuntimeInterface define(MethodType method) {
        return DEFINED.computeIfAbsent(method, RuntimeInterface::defineAnew);
    }

    @SuppressWarnings("unchecked")
    private static RuntimeInterface defineAnew(MethodType method) {
        ClassDesc name = ClassDesc.of("dev.salto.Signature" + DEFINED.size());
        byte[] bytes = ClassFile.of().build(name, builder -> builder
                .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_INTERFACE | ClassFile.ACC_ABSTRACT)
                .withMethod("call", method.describeConstable().orElseThrow(),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT, _ -> {}));
        try {
            return new RuntimeInterface((Class<Object>) MethodHandles.lookup().defineClass(bytes));
        } catch (IllegalAccessException e) {
            throw new AssertionError("a lookup may define classes in its own package", e);
        }
    }

    Object implementedBy(MethodHandle target) {
        return MethodHandleProxies.asInterfaceInstance(type, target);
    }
}
