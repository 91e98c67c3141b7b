// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.plugin.Library;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Loads {@link Library} several times, and prints what their closures are. */
public final class TwoLibraries {
    private TwoLibraries() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        List<Function<String, Object>> libraries = inClassLoaders(2, 3);
        for (int number : new int[]{0, 1, 0}) {
            System.out.println("mechanism=" + libraries.get(number).apply("mechanism"));
        }
    }

    /** Libraries in class loaders of their own, by what native code gets after their exceptions. */
    public static List<Function<String, Object>> inClassLoaders(int... answers) throws ReflectiveOperationException {
        List<Function<String, Object>> libraries = new ArrayList<>();
        for (int answer : answers) {
            libraries.add(make(new LibraryLoader(), answer));
        }
        return libraries;
    }

    /**
     * Libraries in named modules of their own.
     *
     * @param folder where the modules are made
     */
    public static List<Function<String, Object>> inModules(Path folder, int... answers)
            throws IOException, ReflectiveOperationException {
        List<Function<String, Object>> libraries = new ArrayList<>();
        for (int answer : answers) {
            String name = "library" + answer;
            Path module = folder.resolve(name);
            copyClasses(module);
            Files.write(module.resolve("module-info.class"), ClassFile.of()
                    .buildModule(ModuleAttribute.of(ModuleDesc.of(name), builder -> builder
                            .requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null)
                            .requires(ModuleDesc.of("dev.salto"), 0, null)
                            .exports(PackageDesc.of(Library.class.getPackageName()), 0))));
            ModuleLayer parent = ModuleLayer.boot();
            Configuration modules = parent.configuration().resolve(ModuleFinder.of(module), ModuleFinder.of(),
                    Set.of(name));
            ModuleLayer layer = parent.defineModulesWithOneLoader(modules, TwoLibraries.class.getClassLoader());
            Function<String, Object> library = make(layer.findLoader(name), answer);
            if (!library.getClass().getModule().getName().equals(name)) {
                throw new AssertionError(library.getClass().getModule());
            }
            libraries.add(library);
        }
        return libraries;
    }

    @SuppressWarnings("unchecked")
    private static Function<String, Object> make(ClassLoader loader, int answer) throws ReflectiveOperationException {
        return Class.forName(Library.class.getName(), true, loader).asSubclass(Function.class)
                .getConstructor(int.class).newInstance(answer);
    }

    private static void copyClasses(Path module) throws IOException {
        Path classes = Path.of(Library.class.getPackageName().replace('.', '/'));
        Files.createDirectories(module.resolve(classes.toString()));
        try (Stream<Path> files = Files.list(codeSource().resolve(classes.toString()))) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("Library")).toList()) {
                Files.copy(file, module.resolve(classes.toString()).resolve(file.getFileName().toString()));
            }
        }
    }

    private static Path codeSource() {
        try {
            return Path.of(Library.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError("classes have a place", e);
        }
    }

    /** Finds the library's class itself, and all others where everybody does. */
    private static final class LibraryLoader extends URLClassLoader {
        LibraryLoader() {
            super(new URL[]{url()}, TwoLibraries.class.getClassLoader());
        }

        private static URL url() {
            try {
                return codeSource().toUri().toURL();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Library.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }
}
