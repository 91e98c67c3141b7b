// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import org.bytedeco.javacpp.FunctionPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Allocator;
import org.bytedeco.javacpp.annotation.ByVal;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.MemberGetter;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * JavaCPP's types of functions. From these declarations JavaCPP generates C++ code, which has the
 * functions that native code can call: a fixed number of each type. {@link JavaCppLibrary} has it
 * compiled, and loads what comes out.
 */
@Platform(include = JavaCppFunctions.HEADER, library = JavaCppFunctions.LIBRARY)
final class JavaCppFunctions {
    /** The C++ header, a resource beside this class. */
    static final String HEADER = "javacpp-functions.h";

    /** The name of the compiled library, without what the system adds. */
    static final String LIBRARY = "jniJavaCppFunctions";

    /**
     * How many functions of type {@link Binary} are compiled: enough for the smallest population.
     * To open a callback, JavaCPP goes through them until one is free; to close one, it goes
     * through all.
     */
    static final int MOST = 1_000;

    private JavaCppFunctions() {}

    /** {@code int (*)(int, int)}. */
    @Allocator(max = MOST)
    static class Binary extends FunctionPointer {
        /** Takes one of the functions, if one is left. */
        Binary() {
            allocate();
        }

        private native void allocate();

        /** Is called. */
        public native int call(int a, int b);
    }

    /** Eight integers. */
    static class EightInts extends FunctionPointer {
        /** Takes one of the functions, if one is left. */
        EightInts() {
            allocate();
        }

        private native void allocate();

        /** Is called. */
        @Cast("std::int64_t")
        public native long call(int a, int b, int c, int d, int e, int f, int g, int h);
    }

    /** Eight floating-point numbers. */
    static class EightDoubles extends FunctionPointer {
        /** Takes one of the functions, if one is left. */
        EightDoubles() {
            allocate();
        }

        private native void allocate();

        /** Is called. */
        public native double call(double a, double b, double c, double d, double e, double f, double g, double h);
    }

    /** One of each kind. */
    static class Mixed extends FunctionPointer {
        /** Takes one of the functions, if one is left. */
        Mixed() {
            allocate();
        }

        private native void allocate();

        /** Is called. */
        public native double call(int a, @ByVal Pair pair, double c);
    }

    /** The struct. */
    static class Pair extends Pointer {
        /** The struct at an address. */
        Pair(Pointer address) {
            super(address);
        }

        /** Its first member. */
        @MemberGetter
        native long number();

        /** Its second member. */
        @MemberGetter
        native double fraction();
    }

    /** The address of a function; 0 if it has none, because none was left. */
    @Name("address_of_binary")
    static native long address(Binary function);

    /** The address of a function; 0 if it has none, because none was left. */
    @Name("address_of_eight_ints")
    static native long address(EightInts function);

    /** The address of a function; 0 if it has none, because none was left. */
    @Name("address_of_eight_doubles")
    static native long address(EightDoubles function);

    /** The address of a function; 0 if it has none, because none was left. */
    @Name("address_of_mixed")
    static native long address(Mixed function);
}
