// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.ReturnedSegment;
import dev.salto.internal.table.ClosedCalls;
import dev.salto.internal.table.Tables;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The code behind a gate: finds the object that a closure is bound to, and calls it.
 *
 * <p>For {@code IntBinaryOperator}, the dispatcher is the class in this source. The constant
 * {@code LINK} is a {@link DispatcherLink}. The class calls it by interfaces of the JDK, because it
 * may be in a package that does not see {@code DispatcherLink}:
 *
 * {@snippet :
 * static int dispatch(int a, int b, int id) {
 *     try {
 *         IntBinaryOperator target = (IntBinaryOperator) LINK.apply(id);   // IntFunction
 *         if (target != null) {
 *             return target.applyAsInt(a, b);
 *         }
 *     } catch (Throwable exception) {
 *         return (Integer) LINK.apply(id, exception);                      // BiFunction
 *     }
 *     LINK.accept(id);                                                     // IntConsumer
 *     return 0;
 * }
 * }
 *
 * <p>A segment that the object returns goes through {@code LINK} within the {@code try}, too. The
 * JVM ends if the JDK's stub cannot read a segment.
 *
 * <p>Each signature has a class of its own, and so a type profile of its own. The JIT compiler sees
 * the targets of this signature, and inlines them. Method handles would share their profiles.
 *
 * <p>The first callback of a process waits for this class. So its writer uses neither lambdas nor
 * method handles, for which the JVM would make more classes: the Class-File API calls back this
 * object.
 */
final class Dispatcher implements Consumer<ClassFileBuilder<?, ?>> {
    /**
     * How a dispatcher calls the object: by a method of its interface, or by one method handle for
     * all objects. If there is neither, the object is a method handle of the native function's
     * type.
     *
     * @param invoker takes the object, as an {@code Object}, the closure's id, and the native
     *     arguments
     */
    record Callee(@Nullable FunctionalMethod method, @Nullable MethodHandle invoker) {}

    private static final String METHOD = "dispatch";
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
    private static final ClassDesc TABLES = describe(Tables.class);
    private static final ClassDesc CLOSED_CALLS = describe(ClosedCalls.class);
    private static final ClassDesc INT_FUNCTION = describe(IntFunction.class);
    private static final ClassDesc INT_CONSUMER = describe(IntConsumer.class);
    private static final ClassDesc INT_UNARY_OPERATOR = describe(IntUnaryOperator.class);
    private static final ClassDesc BI_FUNCTION = describe(BiFunction.class);
    private static final ClassDesc SUPPLIER = describe(Supplier.class);
    private static final ClassDesc SEGMENT = describe(MemorySegment.class);

    /** The type of the method that takes an exception or a segment. */
    private static final MethodTypeDesc OUTCOME = MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object,
            ConstantDescs.CD_Object);

    /** The places in the class data of a dispatcher's class, if that is a list. */
    private static final int LINK_DATA = 0;
    private static final int INVOKER_DATA = 1;

    private final Callee callee;
    private final FunctionDescriptor function;
    private final MethodType carriers;
    private final ExceptionCatcher exceptions;
    private final @Nullable MixedGate counted;
    private final boolean seesThreads;
    private final boolean isInModule;
    private final int[] classes;
    private final MethodHandles.Lookup.ClassOption[] options;

    private Dispatcher(Recipe recipe, @Nullable MixedGate counted, int... classes) {
        this.callee = recipe.callee();
        this.function = recipe.function();
        this.carriers = function.toMethodType();
        this.exceptions = recipe.exceptions();
        this.counted = counted;
        this.seesThreads = recipe.seesThreads();
        this.isInModule = recipe.definer().lookupClass().getModule().equals(Dispatcher.class.getModule());
        this.classes = classes;
        this.options = recipe.isForGood()
                ? new MethodHandles.Lookup.ClassOption[]{MethodHandles.Lookup.ClassOption.STRONG}
                : new MethodHandles.Lookup.ClassOption[0];
    }

    /**
     * The parts of a signature's dispatchers.
     *
     * @param definer defines the class; must see the interface, if there is one
     * @param callee how to call the object
     * @param function the type of the native function
     * @param exceptions takes what the object throws, if the closure's kind has no rules for that
     * @param isForGood whether the definer's class loader is never unloaded. Then the class belongs
     *     to the loader, which takes less memory than a class that can be unloaded alone
     * @param seesThreads as in {@link dev.salto.internal.failure.ClosureSettings#seesThreads}
     */
    record Recipe(MethodHandles.Lookup definer, Callee callee, FunctionDescriptor function,
            ExceptionCatcher exceptions, boolean isForGood, boolean seesThreads) {
        /**
         * Makes a dispatcher.
         *
         * @return a method handle of the type of {@code function} with the closure's id appended
         */
        MethodHandle make() throws IllegalAccessException {
            return new Dispatcher(this, null).define(definer);
        }

        /** Makes a dispatcher that counts its calls. */
        MethodHandle makeCounted(MixedGate counted) throws IllegalAccessException {
            return new Dispatcher(this, counted).define(definer);
        }

        /**
         * Makes a dispatcher with a type profile for each of some classes.
         *
         * @param classes their numbers, in ascending order
         */
        MethodHandle makeForClasses(int... classes) throws IllegalAccessException {
            return new Dispatcher(this, null, classes).define(definer);
        }

        /**
         * Calls any object, by its interface's method or as a method handle. It takes the object,
         * and then what native code passes.
         */
        MethodHandle invoker() {
            FunctionalMethod method = callee.method();
            MethodType carriers = function.toMethodType();
            MethodHandle any = method != null ? method.find(definer) : MethodHandles.exactInvoker(carriers);
            return any.asType(carriers.insertParameterTypes(0, Object.class));
        }
    }

    /** A dispatcher for which every closure is closed. It keeps no user's class alive. */
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
            return HERE.findStatic(ClosedCalls.class, "report", MethodType.methodType(void.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("ClosedCalls.report is there and public", e);
        }
    }

    /** The result of a function without an answer: zero, boxed; null if it has no result. */
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
        ReturnedSegment returned = carriers.returnType() == MemorySegment.class
                ? ReturnedSegment.of(function.returnLayout().orElseThrow())
                : null;
        DispatcherLink link = new DispatcherLink(exceptions, zeroSegment(function), returned, counted, seesThreads);
        MethodHandles.Lookup dispatcher = definer.defineHiddenClassWithClassData(classFile,
                invoker == null ? link : List.of(link, invoker), true, options);
        try {
            return dispatcher.findStatic(dispatcher.lookupClass(), METHOD, type);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("the dispatcher lacks its method", e);
        }
    }

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
        Label caught = code.newBoundLabel();
        code.exceptionCatchAll(start, caught, caught);
        code.astore(exception);
        Label handling = code.newBoundLabel();
        loadLink(code, BI_FUNCTION);
        code.iload(id);
        code.invokestatic(ConstantDescs.CD_Integer, "valueOf",
                MethodTypeDesc.of(ConstantDescs.CD_Integer, ConstantDescs.CD_int));
        code.aload(exception);
        code.invokeinterface(BI_FUNCTION, "apply", OUTCOME);
        writeUnboxed(code, carriers.returnType());
        code.return_(result);
        writeFailureOfHandling(code, handling, exception, result);

        // The closure is closed.
        code.labelBinding(closed);
        callWithId(code, CLOSED_CALLS, "report", INT_CONSUMER, "accept", ConstantDescs.CD_void);
        Label reported = code.newBoundLabel();
        writeZero(code, result);
        code.return_(result);
        Label failed = code.newBoundLabel();
        code.exceptionCatchAll(closed, reported, failed);
        code.pop();
        writeZero(code, result);
        code.return_(result);
    }

    /**
     * Returns zero if stack or memory is too short even to handle an exception. Otherwise the JVM
     * would end. If the policy wants that, the exception itself is thrown.
     */
    private void writeFailureOfHandling(CodeBuilder code, Label handling, int exception, TypeKind result) {
        Label failed = code.newBoundLabel();
        code.exceptionCatchAll(handling, failed, failed);
        Label endsProcess = code.newLabel();
        code.aload(exception);
        code.if_acmpeq(endsProcess);
        writeZero(code, result);
        code.return_(result);
        code.labelBinding(endsProcess);
        code.aload(exception);
        code.athrow();
    }

    /** Calls the object and returns its result, or jumps if there is none. */
    private void writeCall(CodeBuilder code, Label closed) {
        int target = code.allocateLocal(TypeKind.REFERENCE);
        callWithId(code, TABLES, "called", INT_FUNCTION, "apply", ConstantDescs.CD_Object);
        code.astore(target);
        code.aload(target);
        code.ifnull(closed);

        if (classes.length > 0) {
            writeCallsByClass(code, target);
        }
        writeCallOf(code, target);
    }

    /**
     * Calls a method of Salto's with the closure's id: directly, if the class is in Salto's module,
     * otherwise through the link. Resolving the link costs more than the rest of a first call.
     */
    private void callWithId(CodeBuilder code, ClassDesc owner, String method, ClassDesc linked, String linkedMethod,
            ClassDesc result) {
        int id = code.parameterSlot(carriers.parameterCount());
        MethodTypeDesc type = MethodTypeDesc.of(result, ConstantDescs.CD_int);
        if (isInModule && counted == null && !seesThreads) {
            code.iload(id);
            code.invokestatic(owner, method, type);
        } else {
            loadLink(code, linked);
            code.iload(id);
            code.invokeinterface(linked, linkedMethod, type);
        }
    }

    /** Each of the classes gets a call of its own, with a type profile of its own. */
    private void writeCallsByClass(CodeBuilder code, int target) {
        Label others = code.newLabel();
        List<SwitchCase> cases = new ArrayList<>();
        for (int number : classes) {
            cases.add(SwitchCase.of(number, code.newLabel()));
        }
        callWithId(code, TABLES, "classNumber", INT_UNARY_OPERATOR, "applyAsInt", ConstantDescs.CD_int);
        code.lookupswitch(others, cases);
        for (SwitchCase each : cases) {
            code.labelBinding(each.target());
            writeCallOf(code, target);
        }
        code.labelBinding(others);
    }

    /** Calls the object and returns its result. */
    private void writeCallOf(CodeBuilder code, int target) {
        FunctionalMethod method = callee.method();
        MethodHandle invoker = callee.invoker();
        if (method != null) {
            // No cast to the interface: the JVM trusts interfaces in bytecode, and bind() has
            // checked the object.
            code.aload(target);
            loadArguments(code);
            code.invokeinterface(describe(method.owner()), method.name(), method.describeType());
            if (carriers.returnType() == MemorySegment.class && method.type().returnType() != MemorySegment.class) {
                code.checkcast(SEGMENT);
            }
        } else if (invoker != null) {
            loadData(code, INVOKER_DATA, ConstantDescs.CD_MethodHandle);
            code.aload(target);
            code.iload(code.parameterSlot(carriers.parameterCount()));
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
            loadLink(code, BI_FUNCTION);
            code.aconst_null();
            code.aload(segment);
            code.invokeinterface(BI_FUNCTION, "apply", OUTCOME);
            code.checkcast(SEGMENT);
        }
        code.return_(TypeKind.from(carriers.returnType()));
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

    /** Turns an object on the stack into a value of a type. */
    static void writeUnboxed(CodeBuilder code, Class<?> type) {
        if (type == void.class) {
            code.pop();
        } else if (type.isPrimitive()) {
            ClassDesc box = describe(MethodType.methodType(type).wrap().returnType());
            code.checkcast(box);
            code.invokevirtual(box, type.getName() + "Value", MethodTypeDesc.of(describe(type)));
        } else {
            code.checkcast(describe(type));
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

    static ClassDesc describe(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    static MethodTypeDesc describe(MethodType type) {
        return MethodTypeDesc.ofDescriptor(type.descriptorString());
    }
}
