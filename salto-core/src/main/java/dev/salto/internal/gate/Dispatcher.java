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
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.List;

/**
 * What stands behind a gate: finds the object that a closure is bound to, and calls it.
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
    /** How a dispatcher calls the object that it has found. */
    sealed interface Callee {
        /** By a method of an interface, which the object implements. */
        record InterfaceMethod(FunctionalMethod method) implements Callee {}

        /** The object is a method handle of exactly the type that native code calls. */
        record ExactHandle() implements Callee {}

        /**
         * By one method handle for all objects.
         *
         * @param handle takes the object, as an {@code Object}, and what native code passes
         */
        record Invoker(MethodHandle handle) implements Callee {}
    }

    private static final String METHOD = "dispatch";
    private static final MethodType TARGET_TYPE = MethodType.methodType(Object.class, int.class);
    private static final MethodHandle TARGET = findTarget();

    /** What the dispatcher's class finds in its class data. */
    private static final int TARGET_DATA = 0;
    private static final int INVOKER_DATA = 1;
    private static final int ZERO_DATA = 2;

    private final Callee callee;
    private final FunctionDescriptor function;
    private final MethodType carriers;

    private Dispatcher(Callee callee, FunctionDescriptor function) {
        this.callee = callee;
        this.function = function;
        this.carriers = function.toMethodType();
    }

    /**
     * Makes the dispatcher.
     *
     * @param definer defines the class; must see the interface, if there is one
     * @param callee how to call the object
     * @param function what native code passes and expects
     * @return a method handle of the type of {@code function} with the closure's id appended
     */
    static MethodHandle make(MethodHandles.Lookup definer, Callee callee, FunctionDescriptor function)
            throws IllegalAccessException {
        return new Dispatcher(callee, function).define(definer);
    }

    private MethodHandle define(MethodHandles.Lookup definer) throws IllegalAccessException {
        ClassDesc self = ClassDesc.of(definer.lookupClass().getPackageName(), "SaltoDispatcher");
        MethodType type = carriers.appendParameterTypes(int.class);
        byte[] classFile = ClassFile.of().build(self, builder -> builder
                .withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                .withMethodBody(METHOD, describe(type), ClassFile.ACC_STATIC, this::writeBody));
        MethodHandle invoker = callee instanceof Callee.Invoker given ? given.handle() : TARGET;
        MethodHandles.Lookup dispatcher = definer.defineHiddenClassWithClassData(classFile,
                List.of(TARGET, invoker, zeroSegment()), false);
        try {
            return dispatcher.findStatic(dispatcher.lookupClass(), METHOD, type);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("the dispatcher lacks its method", e);
        }
    }

    private void writeBody(CodeBuilder code) {
        int parameters = carriers.parameterCount();
        TypeKind result = TypeKind.from(carriers.returnType());
        int target = code.allocateLocal(TypeKind.REFERENCE);
        Label closed = code.newLabel();

        loadData(code, TARGET_DATA, ConstantDescs.CD_MethodHandle);
        code.iload(code.parameterSlot(parameters));
        code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(TARGET_TYPE));
        code.astore(target);

        // The closure was closed after native code had entered its trampoline.
        code.aload(target);
        code.ifnull(closed);

        switch (callee) {
            case Callee.InterfaceMethod(FunctionalMethod method) -> {
                // No cast to the interface: the JVM trusts interfaces in bytecode, and bind() has checked the object.
                code.aload(target);
                loadArguments(code);
                code.invokeinterface(describe(method.owner()), method.name(), method.describeType());
                if (result == TypeKind.REFERENCE && method.type().returnType() != carriers.returnType()) {
                    code.checkcast(describe(carriers.returnType()));
                }
            }
            case Callee.ExactHandle() -> {
                code.aload(target);
                code.checkcast(ConstantDescs.CD_MethodHandle);
                loadArguments(code);
                code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(carriers));
            }
            case Callee.Invoker(MethodHandle handle) -> {
                loadData(code, INVOKER_DATA, ConstantDescs.CD_MethodHandle);
                code.aload(target);
                loadArguments(code);
                code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(handle.type()));
            }
        }
        code.return_(result);

        code.labelBinding(closed);
        loadZero(code, result);
        code.return_(result);
    }

    private void loadArguments(CodeBuilder code) {
        for (int i = 0; i < carriers.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(carriers.parameterType(i)), code.parameterSlot(i));
        }
    }

    private static void loadData(CodeBuilder code, int index, ClassDesc type) {
        code.loadConstant(DynamicConstantDesc.ofNamed(ConstantDescs.BSM_CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type,
                index));
    }

    private static void loadZero(CodeBuilder code, TypeKind result) {
        switch (result.asLoadable()) {
            case INT -> code.iconst_0();
            case LONG -> code.lconst_0();
            case FLOAT -> code.fconst_0();
            case DOUBLE -> code.dconst_0();
            case REFERENCE -> loadData(code, ZERO_DATA, describe(MemorySegment.class));
            case VOID -> {
            }
            default -> throw new AssertionError(result);
        }
    }

    /** A pointer that is NULL, or a struct that is all zeros. */
    private MemorySegment zeroSegment() {
        return function.returnLayout()
                .filter(GroupLayout.class::isInstance)
                .map(layout -> Arena.ofAuto().allocate(layout).asReadOnly())
                .orElse(MemorySegment.NULL);
    }

    private static ClassDesc describe(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static MethodTypeDesc describe(MethodType type) {
        return MethodTypeDesc.ofDescriptor(type.descriptorString());
    }

    private static MethodHandle findTarget() {
        try {
            return MethodHandles.lookup().findStatic(Tables.class, "target", TARGET_TYPE);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Tables.target is there and public", e);
        }
    }
}
