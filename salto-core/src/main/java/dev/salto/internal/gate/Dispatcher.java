// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.table.Tables;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.stream.IntStream;

/**
 * What stands behind a gate: finds the object that a closure is bound to, and calls its method.
 *
 * <p>For {@code IntBinaryOperator} it is the class that this source describes, where the constant is {@link Tables#target}:
 *
 * {@snippet :
 * static int dispatch(int a, int b, int id) {
 *     IntBinaryOperator target = (IntBinaryOperator) CONSTANT.invokeExact(id);
 *     return target == null ? 0 : target.applyAsInt(a, b);
 * }
 * }
 *
 * <p>It is made as a class of its own for each signature, rather than composed of method handles, because a class has a type profile of
 * its own: the JIT compiler sees which targets this signature really has, and inlines them.
 */
final class Dispatcher {
    private static final String METHOD = "dispatch";
    private static final MethodType TARGET_TYPE = MethodType.methodType(Object.class, int.class);
    private static final MethodTypeDesc TARGET_TYPE_DESC = TARGET_TYPE.describeConstable().orElseThrow();
    private static final MethodHandle TARGET = findTarget();

    private Dispatcher() {}

    /**
     * Makes the dispatcher.
     *
     * @param definer defines the class; must see the interface
     * @param method the method to call; its owner has to be an interface
     * @param carriers the types that native code passes and expects
     * @return a method handle of the type {@code carriers} with the closure's id appended
     */
    static MethodHandle make(MethodHandles.Lookup definer, FunctionalMethod method, MethodType carriers)
            throws IllegalAccessException {
        ClassDesc self = ClassDesc.of(definer.lookupClass().getPackageName(), "SaltoDispatcher");
        MethodType type = carriers.appendParameterTypes(int.class);
        byte[] classFile = ClassFile.of().build(self, builder -> builder
                .withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                .withMethodBody(METHOD, type.describeConstable().orElseThrow(), ClassFile.ACC_STATIC,
                        code -> writeBody(code, method, carriers)));
        MethodHandles.Lookup dispatcher = definer.defineHiddenClassWithClassData(classFile, TARGET, false);
        try {
            return dispatcher.findStatic(dispatcher.lookupClass(), METHOD, type);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("the dispatcher lacks its method", e);
        }
    }

    private static void writeBody(CodeBuilder code, FunctionalMethod method, MethodType carriers) {
        int parameters = carriers.parameterCount();
        TypeKind result = TypeKind.from(carriers.returnType());
        int target = code.allocateLocal(TypeKind.REFERENCE);
        Label closed = code.newLabel();

        code.loadConstant(DynamicConstantDesc.ofNamed(ConstantDescs.BSM_CLASS_DATA, ConstantDescs.DEFAULT_NAME,
                ConstantDescs.CD_MethodHandle));
        code.iload(code.parameterSlot(parameters));
        code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", TARGET_TYPE_DESC);
        code.astore(target);

        // The closure was closed after native code had entered its trampoline.
        code.aload(target);
        code.ifnull(closed);

        // No cast to the interface: the JVM trusts interfaces in bytecode, and bind() has checked the object.
        code.aload(target);
        IntStream.range(0, parameters)
                .forEach(i -> code.loadLocal(TypeKind.from(carriers.parameterType(i)), code.parameterSlot(i)));
        code.invokeinterface(ClassDesc.ofDescriptor(method.owner().descriptorString()), method.name(),
                method.describeType());
        if (result == TypeKind.REFERENCE && method.type().returnType() != carriers.returnType()) {
            code.checkcast(ClassDesc.ofDescriptor(carriers.returnType().descriptorString()));
        }
        code.return_(result);

        code.labelBinding(closed);
        writeZero(code, result);
        code.return_(result);
    }

    private static void writeZero(CodeBuilder code, TypeKind result) {
        switch (result.asLoadable()) {
            case INT -> code.iconst_0();
            case LONG -> code.lconst_0();
            case FLOAT -> code.fconst_0();
            case DOUBLE -> code.dconst_0();
            case REFERENCE -> {
                ClassDesc segment = ClassDesc.ofDescriptor(MemorySegment.class.descriptorString());
                code.getstatic(segment, "NULL", segment);
            }
            case VOID -> {
            }
            default -> throw new AssertionError(result);
        }
    }

    private static MethodHandle findTarget() {
        try {
            return MethodHandles.lookup().findStatic(Tables.class, "target", TARGET_TYPE);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Tables.target is there and public", e);
        }
    }
}
