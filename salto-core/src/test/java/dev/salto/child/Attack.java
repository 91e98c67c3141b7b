// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.function.IntBinaryOperator;

/** Calls a closure, and then writes to the memory that it reads, as an attacker would. */
public final class Attack {
    private Attack() {}

    public static void main(String[] arguments) {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        for (int i = 1; i < Integer.getInteger("closures"); i++) {
            type.bindAddress((a, _) -> a);
        }
        MemorySegment closure = MemorySegment.ofAddress(type.bindAddress((a, _) -> a + 1));
        System.out.println("answer=" + Callers.callRepeatedly(closure, 1, 6));

        long data = ProcessMaps.read().at(closure.address()).end();
        MemorySegment.ofAddress(data).reinterpret(64).fill((byte) 0x41);
        System.out.println("the attack worked");
    }
}
