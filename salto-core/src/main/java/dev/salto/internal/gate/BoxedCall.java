// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.function.Consumer;

/**
 * Calls method handles of one type with boxed arguments. For {@code (int, double) -> int} it is the
 * class that this source describes:
 *
 * {@snippet :
 * static Object call(MethodHandle target, Object[] values) {
 *     return (int) target.invokeExact((int) (Integer) values[0], (double) (Double) values[1]);
 * }
 * }
 *
 * <p>{@link MethodHandle#invokeWithArguments} does the same. The JVM makes a class for each
 * argument for that.
 */
final class BoxedCall implements Consumer<ClassFileBuilder<?, ?>> {
    private static final String METHOD = "call";
    private static final MethodHandles.Lookup HERE = MethodHandles.lookup();
    private static final MethodType TYPE = MethodType.methodType(Object.class, MethodHandle.class, Object[].class);

    private final MethodType carriers;

    private BoxedCall(MethodType carriers) {
        this.carriers = carriers;
    }

    /**
     * Makes such a class.
     *
     * @param carriers the type of the method handles, of numbers and segments
     * @param options of the class that is made
     * @return a method handle that takes the method handle to call and an {@code Object[]}, and
     *     returns the result, boxed
     */
    static MethodHandle make(MethodType carriers, MethodHandles.Lookup.ClassOption... options) {
        byte[] classFile = ClassFile.of().build(ClassDesc.of(HERE.lookupClass().getPackageName(), "SaltoBoxedCall"),
                new BoxedCall(carriers));
        try {
            MethodHandles.Lookup made = HERE.defineHiddenClass(classFile, false, options);
            return made.findStatic(made.lookupClass(), METHOD, TYPE);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a lookup defines a class and finds its method", e);
        }
    }

    @Override
    public void accept(ClassFileBuilder<?, ?> builder) {
        if (builder instanceof ClassBuilder type) {
            type.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC).withMethodBody(METHOD, Dispatcher.describe(TYPE),
                    ClassFile.ACC_STATIC, this);
        } else if (builder instanceof CodeBuilder code) {
            writeBody(code);
        }
    }

    private void writeBody(CodeBuilder code) {
        code.aload(0);
        for (int i = 0; i < carriers.parameterCount(); i++) {
            code.aload(1);
            code.loadConstant(i);
            code.aaload();
            Dispatcher.writeUnboxed(code, carriers.parameterType(i));
        }
        code.invokevirtual(ConstantDescs.CD_MethodHandle, "invokeExact", Dispatcher.describe(carriers));
        Class<?> result = carriers.returnType();
        if (result == void.class) {
            code.aconst_null();
        } else if (result.isPrimitive()) {
            ClassDesc box = Dispatcher.describe(MethodType.methodType(result).wrap().returnType());
            code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, Dispatcher.describe(result)));
        }
        code.return_(TypeKind.REFERENCE);
    }
}
