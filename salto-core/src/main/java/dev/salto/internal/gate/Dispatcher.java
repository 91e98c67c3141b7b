// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.Catcher;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileBuilder;
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
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Array;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a gate: finds the object that a closure is bound to, and calls it.
 *
 * <p>For {@code IntBinaryOperator} it is the class that this source describes, where the constant is a {@link DispatcherLink}, by the interfaces of
 * the JDK that it implements, because the class may be defined in a package that sees no more of it:
 *
 * {@snippet :
 * static int dispatch(int a, int b, int id) {
 *     try {
 *         IntBinaryOperator target = (IntBinaryOperator) LINK.apply(id);   // IntFunction
 *         if (target != null) {
 *             return target.applyAsInt(a, b);
 *         }
 *     } catch (Throwable exception) {
 *         return (Integer) LINK.apply(exception);                          // Function
 *     }
 *     LINK.accept(id);                                                     // IntConsumer
 *     return 0;
 * }
 * }
 *
 * <p>A segment that the object returns is checked within the {@code try}, too, because the JDK's stub would end the JVM otherwise.
 *
 * <p>It is made as a class of its own for each signature, rather than composed of method handles, because a class has a type profile of
 * its own: the JIT compiler sees which targets this signature really has, and inlines them.
 *
 * <p>The first callback of a process waits for all this. So the class is written without lambdas, and this object is what the Class-File API calls back,
 * for the class and for its method; and nothing here needs a method handle, for which the JVM would make classes of its own.
 */
final class Dispatcher implements Consumer<ClassFileBuilder<?, ?>> {
    /**
     * How a dispatcher calls the object that it has found: by a method of an interface, which the object implements; or by one method handle for all objects;
     * or, if there is neither, the object is a method handle of exactly the type that native code calls.
     *
     * @param invoker takes the object, as an {@code Object}, and what native code passes
     */
    record Callee(@Nullable FunctionalMethod method, @Nullable MethodHandle invoker) {}

    private static final String METHOD = "dispatch";
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
    private static final ClassDesc INT_FUNCTION = describe(IntFunction.class);
    private static final ClassDesc INT_CONSUMER = describe(IntConsumer.class);
    private static final ClassDesc FUNCTION = describe(Function.class);
    private static final ClassDesc CONSUMER = describe(Consumer.class);
    private static final ClassDesc SUPPLIER = describe(Supplier.class);
    private static final ClassDesc SEGMENT = describe(MemorySegment.class);

    /** What the dispatcher's class finds in its class data, where that is a list. */
    private static final int LINK_DATA = 0;
    private static final int INVOKER_DATA = 1;

    private final Callee callee;
    private final FunctionDescriptor function;
    private final MethodType carriers;
    private final ExceptionCatcher exceptions;
    private final @Nullable Promotion counted;

    private Dispatcher(Callee callee, FunctionDescriptor function, ExceptionCatcher exceptions,
            @Nullable Promotion counted) {
        this.callee = callee;
        this.function = function;
        this.carriers = function.toMethodType();
        this.exceptions = exceptions;
        this.counted = counted;
    }

    /**
     * Makes the dispatcher.
     *
     * @param definer defines the class; must see the interface, if there is one
     * @param callee how to call the object
     * @param function what native code passes and expects
     * @param exceptions takes what the object throws
     * @param counted counts the calls; null if nobody does
     * @return a method handle of the type of {@code function} with the closure's id appended
     */
    static MethodHandle make(MethodHandles.Lookup definer, Callee callee, FunctionDescriptor function,
            ExceptionCatcher exceptions, @Nullable Promotion counted) throws IllegalAccessException {
        return new Dispatcher(callee, function, exceptions, counted).define(definer);
    }

    /**
     * What a dispatcher was made of, so that it can be made again. No lambda, because the class of that would be made for the first callback of a process.
     */
    record Recipe(MethodHandles.Lookup definer, Callee callee, FunctionDescriptor function,
            ExceptionCatcher exceptions) {
        MethodHandle make(@Nullable Promotion counted) {
            try {
                return Dispatcher.make(definer, callee, function, exceptions, counted);
            } catch (IllegalAccessException e) {
                throw new AssertionError("what was allowed once stays allowed", e);
            }
        }
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
                MethodHandles.dropArguments(closed(), 0, carriers.parameterList()));
    }

    private static MethodHandle closed() {
        try {
            return HERE.findStatic(Catcher.class, "caughtLate", MethodType.methodType(void.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Catcher.caughtLate is there and public", e);
        }
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
        byte[] classFile = ClassFile.of().build(self, this);
        MethodHandle invoker = callee.invoker();
        DispatcherLink link = new DispatcherLink(exceptions, zeroSegment(function), counted);
        MethodHandles.Lookup dispatcher = definer.defineHiddenClassWithClassData(classFile,
                invoker == null ? link : List.of(link, invoker), true);
        try {
            return dispatcher.findStatic(dispatcher.lookupClass(), METHOD, type);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("the dispatcher lacks its method", e);
        }
    }

    /** Writes the class, and then its method. */
    @Override
    public void accept(ClassFileBuilder<?, ?> builder) {
        if (builder instanceof ClassBuilder type) {
            type.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                    .withMethodBody(METHOD, describe(carriers.appendParameterTypes(int.class)), ClassFile.ACC_STATIC,
                            this);
        } else if (builder instanceof CodeBuilder code) {
            writeBody(code);
        }
    }

    private void writeBody(CodeBuilder code) {
        TypeKind result = TypeKind.from(carriers.returnType());
        int id = code.parameterSlot(carriers.parameterCount());
        int exception = code.allocateLocal(TypeKind.REFERENCE);
        Label closed = code.newLabel();

        Label start = code.newBoundLabel();
        writeCall(code, closed);
        code.return_(result);
        Label caught = code.newBoundLabel();
        code.exceptionCatchAll(start, caught, caught);
        code.astore(exception);
        loadLink(code, FUNCTION);
        code.aload(exception);
        code.invokeinterface(FUNCTION, "apply",
                MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object));
        writeUnboxed(code);
        code.return_(result);

        // The closure was closed after native code had entered its trampoline.
        code.labelBinding(closed);
        loadLink(code, INT_CONSUMER);
        code.iload(id);
        code.invokeinterface(INT_CONSUMER, "accept",
                MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int));
        writeZero(code, result);
        code.return_(result);
    }

    /** Calls the object and leaves its result on the stack, or jumps if there is none. */
    private void writeCall(CodeBuilder code, Label closed) {
        int target = code.allocateLocal(TypeKind.REFERENCE);
        loadLink(code, INT_FUNCTION);
        code.iload(code.parameterSlot(carriers.parameterCount()));
        code.invokeinterface(INT_FUNCTION, "apply", MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_int));
        code.astore(target);
        code.aload(target);
        code.ifnull(closed);

        FunctionalMethod method = callee.method();
        MethodHandle invoker = callee.invoker();
        if (method != null) {
            // No cast to the interface: the JVM trusts interfaces in bytecode, and bind() has checked the object.
            code.aload(target);
            loadArguments(code);
            code.invokeinterface(describe(method.owner()), method.name(), method.describeType());
            if (carriers.returnType() == MemorySegment.class && method.type().returnType() != MemorySegment.class) {
                code.checkcast(SEGMENT);
            }
        } else if (invoker != null) {
            loadData(code, INVOKER_DATA, ConstantDescs.CD_MethodHandle);
            code.aload(target);
            loadArguments(code);
            code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(invoker.type()));
        } else {
            code.aload(target);
            code.checkcast(ConstantDescs.CD_MethodHandle);
            loadArguments(code);
            code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", describe(carriers));
        }
        if (carriers.returnType() == MemorySegment.class) {
            int segment = code.allocateLocal(TypeKind.REFERENCE);
            code.astore(segment);
            loadLink(code, CONSUMER);
            code.aload(segment);
            code.invokeinterface(CONSUMER, "accept",
                    MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object));
            code.aload(segment);
        }
    }

    private void loadArguments(CodeBuilder code) {
        for (int i = 0; i < carriers.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(carriers.parameterType(i)), code.parameterSlot(i));
        }
    }

    /** Loads the link, as one of the interfaces that it implements. */
    private void loadLink(CodeBuilder code, ClassDesc type) {
        if (callee.invoker() != null) {
            loadData(code, LINK_DATA, type);
        } else {
            code.loadConstant(DynamicConstantDesc.ofNamed(ConstantDescs.BSM_CLASS_DATA, ConstantDescs.DEFAULT_NAME,
                    ConstantDescs.CD_Object));
            code.checkcast(type);
        }
    }

    private static void loadData(CodeBuilder code, int index, ClassDesc type) {
        code.loadConstant(DynamicConstantDesc.ofNamed(ConstantDescs.BSM_CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type,
                index));
    }

    /** Turns an object on the stack into what the method returns. */
    private void writeUnboxed(CodeBuilder code) {
        Class<?> result = carriers.returnType();
        if (result == void.class) {
            code.pop();
        } else if (result.isPrimitive()) {
            ClassDesc box = describe(carriers.wrap().returnType());
            code.checkcast(box);
            code.invokevirtual(box, result.getName() + "Value", MethodTypeDesc.of(describe(result)));
        } else {
            code.checkcast(describe(result));
        }
    }

    private void writeZero(CodeBuilder code, TypeKind result) {
        if (result == TypeKind.LONG) {
            code.lconst_0();
        } else if (result == TypeKind.FLOAT) {
            code.fconst_0();
        } else if (result == TypeKind.DOUBLE) {
            code.dconst_0();
        } else if (result == TypeKind.REFERENCE) {
            loadLink(code, SUPPLIER);
            code.invokeinterface(SUPPLIER, "get", MethodTypeDesc.of(ConstantDescs.CD_Object));
            code.checkcast(SEGMENT);
        } else if (result != TypeKind.VOID) {
            code.iconst_0();
        }
    }

    /** A pointer that is NULL, or a struct that is all zeros. */
    private static MemorySegment zeroSegment(FunctionDescriptor function) {
        Optional<MemoryLayout> result = function.returnLayout();
        return result.isPresent() && result.get() instanceof GroupLayout struct
                ? Arena.ofAuto().allocate(struct).asReadOnly()
                : MemorySegment.NULL;
    }

    private static ClassDesc describe(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static MethodTypeDesc describe(MethodType type) {
        return MethodTypeDesc.ofDescriptor(type.descriptorString());
    }
}
