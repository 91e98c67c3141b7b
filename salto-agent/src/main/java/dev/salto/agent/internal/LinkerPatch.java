// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the JDK's linker ask for a static trampoline first, after it has checked the caller's
 * native access. The class {@code SaltoUpcallStubs} in the linker's package is asked. The linker is
 * redefined, so that the change stays when another agent transforms the class.
 */
final class LinkerPatch {
    private static final String PACKAGE = "jdk.internal.foreign.abi";
    private static final String LINKER = PACKAGE + ".AbstractLinker";
    private static final String HOLDER = "jdk/internal/foreign/abi/SaltoUpcallStubs";

    /** A system property, for the time of an initialisation. */
    private static final String KEY = "dev.salto.agent.stubs";

    private final Instrumentation instrumentation;

    LinkerPatch(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /**
     * Defines the class in the linker's package.
     *
     * @param stubs is asked for stubs, and gets the right to give native access
     * @return the reason why that does not work; null if it does
     */
    @Nullable
    @SuppressWarnings("unchecked") // SaltoUpcallStubs
    String prepare(FirstStub stubs) {
        try {
            Class<?> linker = Class.forName(LINKER);
            instrumentation.redefineModule(linker.getModule(), Set.of(), Map.of(),
                    Map.of(PACKAGE, Set.of(LinkerPatch.class.getModule())), Set.of(), Map.of());
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(linker, MethodHandles.lookup());
            Class<?> holder = lookup.defineClass(read(LinkerPatch.class, "/" + HOLDER));
            System.getProperties().put(KEY, stubs);
            lookup.ensureInitialized(holder);
            stubs.setAccess((Consumer<Object>) Objects.requireNonNull(System.getProperties().get(KEY)));
            return null;
        } catch (Throwable e) {
            return e.toString();
        } finally {
            System.getProperties().remove(KEY);
        }
    }

    /**
     * Changes the linker.
     *
     * @return the reason why that does not work; null if it does
     */
    @Nullable
    String apply() {
        try {
            Class<?> linker = Class.forName(LINKER);
            byte[] changed = LinkerRewriter.rewrite(read(linker, linker.getSimpleName()), HOLDER);
            if (changed == null) {
                return LINKER + " has no method upcallStub as in JDK 25";
            }
            instrumentation.redefineClasses(new ClassDefinition(linker, changed));
            return null;
        } catch (Throwable e) {
            return e.toString();
        }
    }

    private static byte[] read(Class<?> owner, String name) throws IOException {
        try (InputStream content = owner.getResourceAsStream(name + ".class")) {
            if (content == null) {
                throw new IOException("there is no class file " + name);
            }
            return content.readAllBytes();
        }
    }
}
