// SPDX-License-Identifier: Apache-2.0

package client;

import java.lang.foreign.Linker;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;

/**
 * Another agent, which has all classes transformed, loaded and later ones. It keeps each as it is.
 */
public final class EverythingAgent {
    private EverythingAgent() {}

    /** A transformer that returns the same bytes. */
    private static final class Same implements ClassFileTransformer {
        @Override
        public byte[] transform(ClassLoader loader, String name, Class<?> known, ProtectionDomain domain,
                byte[] content) {
            return content.clone();
        }
    }

    public static void premain(String options, Instrumentation instrumentation)
            throws UnmodifiableClassException, ClassNotFoundException {
        Class<?> linker = Linker.nativeLinker().getClass().getSuperclass();
        instrumentation.addTransformer(new Same(), true);
        instrumentation.retransformClasses(linker);
    }
}
