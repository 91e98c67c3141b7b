// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Stands for a module without native access. The JVM's setting for those shows only when one of
 * them calls a restricted method.
 */
final class CallerModule extends ClassLoader {
    private static final String PACKAGE = CallerModule.class.getPackageName();

    private CallerModule() {
        super(null);
    }

    /**
     * Lets the JVM decide about a module, with a warning if that is its setting.
     *
     * @throws IllegalCallerException if the JVM was started so that it denies native access
     */
    static void check(Module module) {
        CallerModule loader = new CallerModule();
        if (module.isNamed()) {
            loader.name(module.getName());
        }
        loader.newCall().run();
    }

    /** Puts the classes of this loader into a module with a name, for the messages of the JVM. */
    private void name(String module) {
        ModuleFinder finder = new OneModule(ModuleDescriptor.newModule(module).exports(PACKAGE).build());
        Configuration configuration = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(),
                Set.of(module));
        ModuleLayer.defineModules(configuration, List.of(ModuleLayer.boot()), _ -> this);
    }

    private Runnable newCall() {
        Class<?> call = RestrictedCall.class;
        try (InputStream content = Objects.requireNonNull(
                call.getResourceAsStream(call.getSimpleName() + ".class"), "a class file beside this one")) {
            byte[] bytes = content.readAllBytes();
            return (Runnable) defineClass(call.getName(), bytes, 0, bytes.length).getConstructor().newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalCallerException("it cannot be found out whether native access is denied", e);
        }
    }

    /** Finds one module, which has no content. */
    private record OneModule(ModuleDescriptor descriptor) implements ModuleFinder {
        @Override
        public Optional<ModuleReference> find(String name) {
            return name.equals(descriptor.name()) ? Optional.of(new Reference(descriptor)) : Optional.empty();
        }

        @Override
        public Set<ModuleReference> findAll() {
            return Set.of(new Reference(descriptor));
        }
    }

    private static final class Reference extends ModuleReference {
        Reference(ModuleDescriptor descriptor) {
            super(descriptor, null);
        }

        @Override
        public ModuleReader open() throws IOException {
            throw new IOException("the module has no content");
        }
    }
}
