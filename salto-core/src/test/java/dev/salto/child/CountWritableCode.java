// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.Trampoline;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * Makes and calls closures over several tables. It prints the writable+executable mappings of the
 * process before and after, and the permissions of each mapping of the text image.
 */
public final class CountWritableCode {
    private CountWritableCode() {}

    public static void main(String[] arguments) {
        // So that loading the helper's own library is not counted.
        MemorySegment add = Callers.add();
        ProcessMaps before = ProcessMaps.read();
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        List<MemorySegment> functions = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int own = i;
            functions.add(type.bind((a, b) -> a + own).address());
        }
        for (int i = 0; i < 20_000; i++) {
            if (Callers.callRepeatedly(functions.get(i), 1, 1) != 1 + i) {
                throw new AssertionError("a wrong answer");
            }
        }
        functions.add(Trampoline.allocate().set(add, MemorySegment.NULL).address());
        ProcessMaps after = ProcessMaps.read();

        System.out.println("before=" + before.writableAndExecutable());
        System.out.println("after=" + after.writableAndExecutable());
        after.mappings().stream()
                .filter(m -> m.isExecutable() && m.name().contains("libsalto-x86_64.so"))
                .forEach(m -> System.out.println("image=" + m.permissions()));
    }
}
