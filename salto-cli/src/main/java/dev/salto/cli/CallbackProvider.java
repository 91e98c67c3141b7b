// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.function.IntBinaryOperator;

/** A way to give Java objects native function pointers, each with a life of its own. */
sealed interface CallbackProvider {
    FunctionDescriptor FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** The same type to native code, but a signature of its own to Salto. */
    interface WarmUp extends IntBinaryOperator {}

    /** Announces the number of callbacks, so that the growth of a Java list is not measured. */
    void expect(int count);

    /** Makes a function pointer for an object. */
    MemorySegment create(IntBinaryOperator target);

    /** Closes all, in the order in which they were made. */
    void closeAll();

    /** Static trampolines. */
    final class Salto implements CallbackProvider {
        private final ClosureType<IntBinaryOperator> type;
        private final ArrayList<Closure<IntBinaryOperator>> closures = new ArrayList<>();

        /** Two providers with the same interface share their tables. */
        @SuppressWarnings("unchecked") // what is bound implements both
        Salto(Class<? extends IntBinaryOperator> functionalInterface) {
            type = ClosureType.of(MethodHandles.lookup(), (Class<IntBinaryOperator>) functionalInterface, FUNCTION);
        }

        @Override
        public void expect(int count) {
            closures.ensureCapacity(count);
        }

        @Override
        public MemorySegment create(IntBinaryOperator target) {
            Closure<IntBinaryOperator> closure = type.bind(target);
            closures.add(closure);
            return closure.address();
        }

        @Override
        public void closeAll() {
            closures.forEach(Closure::close);
            closures.clear();
        }
    }

    /** Upcall stubs of the JDK, each in the kind of arena that is cheapest to close. */
    final class Jdk implements CallbackProvider {
        private static final MethodHandle METHOD = findMethod();

        private final Linker linker = Linker.nativeLinker();
        private final ArrayList<Arena> arenas = new ArrayList<>();

        @Override
        public void expect(int count) {
            arenas.ensureCapacity(count);
        }

        @Override
        public MemorySegment create(IntBinaryOperator target) {
            Arena arena = Arena.ofConfined();
            arenas.add(arena);
            return linker.upcallStub(METHOD.bindTo(target), FUNCTION, arena);
        }

        @Override
        public void closeAll() {
            arenas.forEach(Arena::close);
            arenas.clear();
        }

        private static MethodHandle findMethod() {
            try {
                return MethodHandles.lookup().findVirtual(IntBinaryOperator.class, "applyAsInt",
                        FUNCTION.toMethodType());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("IntBinaryOperator has its method", e);
            }
        }
    }
}
