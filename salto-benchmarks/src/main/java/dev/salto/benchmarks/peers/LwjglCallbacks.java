// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import static org.lwjgl.system.APIUtil.apiClosureRet;
import static org.lwjgl.system.APIUtil.apiClosureRetL;
import static org.lwjgl.system.APIUtil.apiCreateCIF;
import static org.lwjgl.system.MemoryUtil.memGetAddress;
import static org.lwjgl.system.MemoryUtil.memGetDouble;
import static org.lwjgl.system.MemoryUtil.memGetInt;
import static org.lwjgl.system.libffi.LibFFI.ffi_type_double;
import static org.lwjgl.system.libffi.LibFFI.ffi_type_sint32;
import static org.lwjgl.system.libffi.LibFFI.ffi_type_sint64;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import org.lwjgl.system.Callback;
import org.lwjgl.system.CallbackI;
import org.lwjgl.system.Pointer;
import org.lwjgl.system.libffi.FFIType;

/** LWJGL's callbacks, written as its generator writes those of the libraries that it binds. */
final class LwjglCallbacks extends Callbacks<LwjglCallbacks.Binary> {
    private final boolean areStubs;

    /** {@code int (*)(int, int)}. */
    @FunctionalInterface
    public interface Binary extends CallbackI {
        /** The function's type. */
        Callback.Descriptor DESCRIPTOR = new Callback.Descriptor(Binary.class, MethodHandles.lookup(),
                apiCreateCIF(ffi_type_sint32, ffi_type_sint32, ffi_type_sint32));

        @Override
        default Callback.Descriptor getDescriptor() {
            return DESCRIPTOR;
        }

        @Override
        default void callback(long result, long arguments) {
            apiClosureRet(result, invoke(intAt(arguments, 0), intAt(arguments, 1)));
        }

        /** Is called. */
        int invoke(int a, int b);
    }

    /** Eight integers. */
    @FunctionalInterface
    public interface EightInts extends CallbackI {
        /** The function's type. */
        Callback.Descriptor DESCRIPTOR = new Callback.Descriptor(EightInts.class, MethodHandles.lookup(),
                apiCreateCIF(ffi_type_sint64, Collections.nCopies(8, ffi_type_sint32).toArray(FFIType[]::new)));

        @Override
        default Callback.Descriptor getDescriptor() {
            return DESCRIPTOR;
        }

        @Override
        default void callback(long result, long arguments) {
            apiClosureRetL(result, invoke(intAt(arguments, 0), intAt(arguments, 1), intAt(arguments, 2),
                    intAt(arguments, 3), intAt(arguments, 4), intAt(arguments, 5), intAt(arguments, 6),
                    intAt(arguments, 7)));
        }

        /** Is called. */
        long invoke(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    @FunctionalInterface
    public interface EightDoubles extends CallbackI {
        /** The function's type. */
        Callback.Descriptor DESCRIPTOR = new Callback.Descriptor(EightDoubles.class, MethodHandles.lookup(),
                apiCreateCIF(ffi_type_double, Collections.nCopies(8, ffi_type_double).toArray(FFIType[]::new)));

        @Override
        default Callback.Descriptor getDescriptor() {
            return DESCRIPTOR;
        }

        @Override
        default void callback(long result, long arguments) {
            apiClosureRet(result, invoke(doubleAt(arguments, 0), doubleAt(arguments, 1), doubleAt(arguments, 2),
                    doubleAt(arguments, 3), doubleAt(arguments, 4), doubleAt(arguments, 5), doubleAt(arguments, 6),
                    doubleAt(arguments, 7)));
        }

        /** Is called. */
        double invoke(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /**
     * The object that a callback is bound to. No record, because the JVM refuses hidden copies of
     * records.
     */
    private static final class Sum implements Binary {
        private final int place;

        Sum(int place) {
            this.place = place;
        }

        @Override
        public int invoke(int a, int b) {
            return a + b + place;
        }
    }

    /**
     * Room for callbacks.
     *
     * @param areStubs whether callbacks are the JDK's stubs, which this version closes by the
     *     garbage collector, because their arenas are automatic
     */
    LwjglCallbacks(int capacity, boolean areStubs) {
        super(capacity);
        this.areStubs = areStubs;
    }

    private static int intAt(long arguments, int index) {
        return memGetInt(memGetAddress(arguments + (long) index * Pointer.POINTER_SIZE));
    }

    private static double doubleAt(long arguments, int index) {
        return memGetDouble(memGetAddress(arguments + (long) index * Pointer.POINTER_SIZE));
    }

    @Override
    Binary target(int place) {
        return new Sum(place);
    }

    @Override
    Class<? extends Binary> targetClass() {
        return Sum.class;
    }

    @Override
    void open(int place, Binary target) {
        setFunction(place, target.address());
    }

    @Override
    public void close(int place) {
        Callback.free(function(place).address());
    }

    @Override
    public boolean areClosedByCollector() {
        return areStubs;
    }

    @Override
    public MemorySegment open(Shape shape) {
        CallbackI callback = switch (shape) {
            case EIGHT_INTS -> (EightInts) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
            case EIGHT_DOUBLES -> (EightDoubles) (a, b, c, d, e, f, g, h) -> a + b + c + d + e + f + g + h;
            case MIXED -> throw new UnsupportedOperationException(
                    "structs by value need classes that LWJGL's generator makes");
        };
        return MemorySegment.ofAddress(callback.address());
    }
}
