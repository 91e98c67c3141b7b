// SPDX-License-Identifier: Apache-2.0

package client;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ClosureType;
import dev.salto.Salto;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.function.IntUnaryOperator;

/** Has a Salto of its own, and also uses the JDK's linker. */
public final class Bundling {
    private Bundling() {}

    public static void main(String[] arguments) throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        try (var closure = ClosureType.of(IntUnaryOperator.class, function).bind(a -> a + 1)) {
            System.out.println(
                    (int) Linker.nativeLinker().downcallHandle(function).invokeExact(closure.address(), 41));
        }
        Client.main(new String[]{"call"});
        System.out.println("own: " + Salto.statistics().bound());
    }
}
