// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.Catcher;
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
import java.lang.reflect.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a gate: finds the object that a closure is bound to, and calls it.
 *
 * <p>For {@code IntBinaryOperator} it is the class that this source describes, where the constants are {@link Tables#target},
 * {@link Catcher#caughtLate} and {@link ExceptionCatcher#caught}:
 *
 * {@snippet :
 * static int dispatch(int a, int b, int id) {
 *     try {
 *         IntBinaryOperator target = (IntBinaryOperator) TARGET.invokeExact(id);
 *         if (target != null) {
 *             return target.applyAsInt(a, b);
 *         }
 *     } catch (Throwable exception) {
 *         return (int) CAUGHT.invokeExact(exception);
 *     }
 *     CLOSED.invokeExact(id);
 *     return 0;
 * }
 * }
 *
 * <p>A segment that the object returns is checked within the {@code try}, too, because the JDK's stub would end the JVM otherwise.
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
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
    private static final MethodType TARGET_TYPE = MethodType.methodType(Object.class, int.class);
    private static final MethodHandle TARGET = find(Tables.class, "target", TARGET_TYPE);
    private static final MethodType RETURNABLE_TYPE = MethodType.methodType(MemorySegment.class, MemorySegment.class);
    private static final MethodType CLOSED_TYPE = MethodType.methodType(void.class, int.class);
    private static final MethodHandle CLOSED = find(Catcher.class, "caughtLate", CLOSED_TYPE);

    /** What the dispatcher's class finds in its class data. */
    private static final int TARGET_DATA = 0;
    private static final int CLOSED_DATA = 1;
    private static final int CAUGHT_DATA = 2;
    private static final int RETURNABLE_DATA = 3;
    private static final int INVOKER_DATA = 4;
    private static final int ZERO_DATA = 5;

    private final Callee callee;
    private final FunctionDescriptor function;
    private final MethodType carriers;
    private final ExceptionCatcher exceptions;

    private Dispatcher(Callee callee, FunctionDescriptor function, ExceptionCatcher exceptions) {
        this.callee = callee;
        this.function = function;
        this.carriers = function.toMethodType();
        this.exceptions = exceptions;
    }

    /**
     * Makes the dispatcher.
     *
     * @param definer defines the class; must see the interface, if there is one
     * @param callee how to call the object
     * @param function what native code passes and expects
     * @param exceptions takes what the object throws
     * @return a method handle of the type of {@code function} with the closure's id appended
     */
    static MethodHandle make(MethodHandles.Lookup definer, Callee callee, FunctionDescriptor function,
            ExceptionCatcher exceptions) throws IllegalAccessException {
        return new Dispatcher(callee, function, exceptions).define(definer);
    }

    /** A dispatcher that takes every closure for closed. It keeps no class of anybody's alive. */
    static MethodHandle ofClosed(FunctionDescriptor function) {
        MethodType carriers = function.toMethodType();
        Object zero = zero(function);
        MethodHandle result = zero == null
                ? MethodHandles.zero(void.class)
                : MethodHandles.constant(carriers.returnType(), zero);
        return MethodHandles.foldArguments(
                MethodHandles.dropArguments(result, 0, carriers.appendParameterTypes(int.class).parameterList()),
                MethodHandles.dropArguments(CLOSED, 0, carriers.parameterList()));
    }

    /** What a function returns that has nothing to return: zero, boxed; null if it returns nothing. */
    static @Nullable Object zero(FunctionDescriptor function) {
        Class<?> result = function.toMethodType().returnType();
        if (result == void.class) {
            return null;
        }
        return result == MemorySegment.class ? zeroSegment(function) : Array.get(Array.newInstance(result, 1), 0);
    }

    private MethodHandle define(MethodHandles.Lookup definer) throws IllegalAccessException {
        ClassDesc self = ClassDesc.of(definer.lookupClass().getPackageName(), "SaltoDispatcher");
        MethodType type = carriers.appendParameterTypes(int.class);
        byte[] classFile = ClassFile.of().build(self, builder -> builder
                .withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                .withMethodBody(METHOD, describe(type), ClassFile.ACC_STATIC, this::writeBody));
        MethodHandle caught = bind("caught", MethodType.methodType(Object.class, Throwable.class))
                .asType(caughtType());
        MethodHandle returnable = bind("requireReturnable", RETURNABLE_TYPE);
        MethodHandle invoker = callee instanceof Callee.Invoker given ? given.handle() : TARGET;
        MethodHandles.Lookup dispatcher = definer.defineHiddenClassWithClassData(classFile,
                List.of(TARGET, CLOSED, caught, returnable, invoker, zeroSegment(function)), false);
        try {
            return dispatcher.findStatic(dispatcher.lookupClass(), METHOD, type);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("the dispatcher lacks its method", e);
        }
    }

    private MethodType caughtType() {
        return MethodType.methodType(carriers.returnType(), Throwable.class);
    }

    private void writeBody(CodeBuilder code) {
        TypeKind result = TypeKind.from(carriers.returnType());
        int id = code.parameterSlot(carriers.parameterCount());
        int exception = code.allocateLocal(TypeKind.REFERENCE);
        Label closed = code.newLabel();

        code.trying(block -> {
            writeCall(block, closed);
            block.return_(result);
        }, catches -> catches.catchingAll(block -> {
            block.astore(exception);
            loadData(block, CAUGHT_DATA, ConstantDescs.CD_MethodHandle);
            block.aload(exception);
            block.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(caughtType()));
            block.return_(result);
        }));

        // The closure was closed after native code had entered its trampoline.
        code.labelBinding(closed);
        loadData(code, CLOSED_DATA, ConstantDescs.CD_MethodHandle);
        code.iload(id);
        code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(CLOSED_TYPE));
        loadZero(code, result);
        code.return_(result);
    }

    /** Calls the object and leaves its result on the stack, or jumps if there is none. */
    private void writeCall(CodeBuilder code, Label closed) {
        int target = code.allocateLocal(TypeKind.REFERENCE);
        loadData(code, TARGET_DATA, ConstantDescs.CD_MethodHandle);
        code.iload(code.parameterSlot(carriers.parameterCount()));
        code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(TARGET_TYPE));
        code.astore(target);
        code.aload(target);
        code.ifnull(closed);

        boolean returnsSegment = carriers.returnType() == MemorySegment.class;
        if (returnsSegment) {
            loadData(code, RETURNABLE_DATA, ConstantDescs.CD_MethodHandle);
        }
        switch (callee) {
            case Callee.InterfaceMethod(FunctionalMethod method) -> {
                // No cast to the interface: the JVM trusts interfaces in bytecode, and bind() has checked the object.
                code.aload(target);
                loadArguments(code);
                code.invokeinterface(describe(method.owner()), method.name(), method.describeType());
                if (returnsSegment && method.type().returnType() != carriers.returnType()) {
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
        if (returnsSegment) {
            code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(RETURNABLE_TYPE));
        }
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
    private static MemorySegment zeroSegment(FunctionDescriptor function) {
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

    private MethodHandle bind(String method, MethodType type) {
        try {
            return HERE.bind(exceptions, method, type);
        } catch (ReflectiveOperationException e) {
            throw missing(ExceptionCatcher.class, method, e);
        }
    }

    private static MethodHandle find(Class<?> owner, String method, MethodType type) {
        try {
            return HERE.findStatic(owner, method, type);
        } catch (ReflectiveOperationException e) {
            throw missing(owner, method, e);
        }
    }

    private static LinkageError missing(Class<?> owner, String method, ReflectiveOperationException cause) {
        return new LinkageError("%s.%s is there and public".formatted(owner.getSimpleName(), method), cause);
    }
}
