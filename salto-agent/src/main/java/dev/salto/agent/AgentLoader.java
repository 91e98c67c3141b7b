// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Loads the agent's other classes, and a copy of Salto, from a folder of the agent's JAR.
 * Applications do not see them, and may have another version of Salto.
 *
 * <p>One loader has the classes that start the agent. With the first upcall stub, a second one
 * loads Salto, in a module of its own. Only that module gets native access.
 *
 * <p>Classes hand over their only object in their initialisation: reflection would take
 * milliseconds at the start of a JVM.
 */
@SuppressWarnings("overloads") // nobody calls andThen
final class AgentLoader extends ClassLoader implements Consumer<Object>, Function<String, Object> {
    /** The folder in the JAR. */
    private static final String FOLDER = "META-INF/salto/";

    private static final String NAME = "dev.salto.agent";

    static {
        registerAsParallelCapable();
    }

    private final JarFile jar;
    private final ProtectionDomain domain = AgentLoader.class.getProtectionDomain();
    private @Nullable Object handedOver;

    AgentLoader() throws IOException {
        super(NAME, getPlatformClassLoader());
        try {
            jar = new JarFile(new File(domain.getCodeSource().getLocation().toURI()), false);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException("the agent's JAR is not in a file", e);
        }
    }

    private AgentLoader(AgentLoader first) {
        super(NAME, getPlatformClassLoader());
        jar = first.jar;
    }

    /** Takes the object that a class hands over. */
    @Override
    public void accept(Object object) {
        handedOver = object;
    }

    /** Loads a class of this loader, and returns the object that it hands over. */
    synchronized Object load(String className) throws ClassNotFoundException {
        handedOver = null;
        Class.forName(className, true, this);
        return Objects.requireNonNull(handedOver, className);
    }

    /** Loads a class of the module with Salto, and returns the object that it hands over. */
    @Override
    public Object apply(String className) {
        AgentLoader second = new AgentLoader(this);
        second.defineModule();
        try {
            return second.load(className);
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    private void defineModule() {
        ModuleDescriptor descriptor = ModuleDescriptor.newModule(NAME)
                .requires(Set.of(ModuleDescriptor.Requires.Modifier.STATIC), "jdk.jfr")
                .packages(packages())
                .build();
        Configuration configuration = ModuleLayer.boot().configuration().resolve(new OneModule(descriptor),
                ModuleFinder.of(), Set.of(NAME));
        ModuleLayer.defineModules(configuration, List.of(ModuleLayer.boot()), _ -> this);
    }

    private Set<String> packages() {
        Set<String> packages = new HashSet<>();
        for (ZipEntry entry : Collections.list(jar.entries())) {
            String name = entry.getName();
            if (name.startsWith(FOLDER + "dev/") && name.endsWith(".class")) {
                packages.add(name.substring(FOLDER.length(), name.lastIndexOf('/')).replace('/', '.'));
            }
        }
        return packages;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("dev.salto.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        ZipEntry entry = entry(name.replace('.', '/') + ".class");
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream content = jar.getInputStream(entry)) {
            byte[] bytes = content.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private @Nullable ZipEntry entry(String name) {
        return jar.getEntry(FOLDER + name);
    }

    @Override
    protected @Nullable Class<?> findClass(@Nullable String moduleName, String name) {
        try {
            return loadClass(name, false);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    @Override
    protected @Nullable URL findResource(@Nullable String moduleName, String name) throws IOException {
        ZipEntry entry = entry(name);
        if (entry == null) {
            return null;
        }
        URI place = URI.create("jar:" + domain.getCodeSource().getLocation() + "!/" + entry.getName());
        return URL.of(place, new FromJar(jar, entry));
    }

    @Override
    protected @Nullable URL findResource(String name) {
        try {
            return findResource(NAME, name);
        } catch (IOException e) {
            return null;
        }
    }

    /** The JAR comes first: a look into the JDK takes a millisecond at the start of a JVM. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        ZipEntry entry = entry(name);
        try {
            return entry == null ? super.getResourceAsStream(name) : jar.getInputStream(entry);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL url = findResource(name);
        return url == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(url));
    }

    /** Reads the JAR that is open, also if the file is replaced. */
    private static final class FromJar extends URLStreamHandler {
        private final JarFile jar;
        private final ZipEntry entry;

        FromJar(JarFile jar, ZipEntry entry) {
            this.jar = jar;
            this.entry = entry;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {
                    connected = true;
                }

                @Override
                public InputStream getInputStream() throws IOException {
                    return jar.getInputStream(entry);
                }
            };
        }
    }

    /** Finds one module, whose content the class loader finds. */
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
            throw new IOException("the class loader has the content");
        }
    }
}
