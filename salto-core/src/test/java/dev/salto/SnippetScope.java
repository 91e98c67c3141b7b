// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;

/**
 * The names that code in the Javadoc of the public API, and in the pages of {@code docs}, takes
 * from its reader's program.
 */
class SnippetScope {
    interface Function {
        void call(MemorySegment context, int count, MemorySegment values);
    }

    interface Row {
        int next(MemorySegment argument, int columns);
    }

    interface Scalar {
        void call(MemorySegment context, int count, MemorySegment values);
    }

    interface Progress {
        void show(int percent);
    }

    interface Interpreter {
        Object call(String name, Object... arguments);
    }

    /** As jextract makes it. */
    static class sqlite_h {
        static int sqlite3_exec(MemorySegment db, MemorySegment sql, MemorySegment row, MemorySegment argument,
                MemorySegment error) throws IOException {
            return 0;
        }
    }

    /** As jextract makes it. */
    static class RowCallback {
        interface Function {
            int apply(MemorySegment argument, int columns);
        }
    }

    static class ComparisonFailed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Static functions of the program, by their names. */
    static class Targets {
        static MemorySegment address(String name) {
            return NULL;
        }
    }

    /** The names that the page of trampolines gives to something else than other pages. */
    @SuppressWarnings("HidingField")
    static class OfTrampolines extends SnippetScope {
        final Trampoline comparator = Trampoline.allocate();
        final Trampoline function = comparator;
    }

    static final MemorySegment NULL = MemorySegment.NULL;
    static final int SQLITE_UTF8 = 1;
    static final MemoryLayout POINT = MemoryLayout.structLayout(JAVA_INT, JAVA_INT);
    static final FunctionDescriptor ROW = FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS);
    static final FunctionDescriptor DESCRIPTOR = ROW;
    static final FunctionDescriptor BINARY_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    static final ClosureType<Function> FUNCTION = ClosureType.of(Function.class, ROW);
    static final ClosureType<Scalar> SCALAR = ClosureType.of(Scalar.class, ROW);
    static final ClosureType<Progress> PROGRESS = ClosureType.of(Progress.class, FunctionDescriptor.ofVoid(JAVA_INT));
    static final ClosureType<Runnable> TYPE = ClosureType.of(Runnable.class, FunctionDescriptor.ofVoid());

    static final MethodHandle APPLY = MethodHandles.empty(ROW.toMethodType());

    final Arena arena = Arena.ofAuto();
    final FunctionDescriptor descriptor = BINARY_FUNCTION;
    final FunctionDescriptor function = BINARY_FUNCTION;
    final CallInterface type = CallInterface.prepare(BINARY_FUNCTION);
    final ArgumentHandler handler = arguments -> arguments.setReturn(0);
    final Interpreter interpreter = (name, _) -> name;
    final Closure<IntBinaryOperator> comparator = ClosureType.of(IntBinaryOperator.class, BINARY_FUNCTION)
            .bind((a, _) -> a);
    final Trampoline twoInts = Trampoline.allocate();
    final Trampoline oneDouble = twoInts;
    final MethodHandle search = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    final MethodHandle sort = search;
    final MethodHandle target = search;
    final MethodHandle qsort = search;
    final MemorySegment array = NULL;
    final MemorySegment compareByColumn = NULL;
    final MemorySegment context = NULL;
    final MemorySegment data = NULL;
    final MemorySegment db = NULL;
    final MemorySegment name = NULL;
    final MemorySegment nativeFunction = NULL;
    final MemorySegment route = NULL;
    final MemorySegment row = NULL;
    final MemorySegment sql = NULL;
    final MemorySegment table = NULL;
    final String expression = "";
    final String file = "";
    final long column = 1;
    final long count = 1;
    final long size = 1;
    final boolean isAscending = true;

    void answer(MemorySegment caller, int count, MemorySegment values) {}

    void answer() {}

    void show(int percent) {}

    Object failed(CallbackFailure failure) {
        return failure;
    }

    static void start(String[] arguments) {}

    static MemorySegment compile(String expression) {
        return NULL;
    }

    static int sqlite3_create_function_v2(MemorySegment db, MemorySegment name, int arguments, int encoding,
            MemorySegment application, MemorySegment function, MemorySegment step, MemorySegment last,
            MemorySegment destroy) {
        return 0;
    }
}
