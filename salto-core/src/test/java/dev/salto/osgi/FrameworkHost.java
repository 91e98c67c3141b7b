// SPDX-License-Identifier: Apache-2.0

package dev.salto.osgi;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Starts the OSGi framework of the class path, and bundles in it. */
public final class FrameworkHost {
    private FrameworkHost() {}

    /**
     * Runs the program.
     *
     * @param arguments the folder that the framework may fill, the packages that bundles get from
     *     the JVM, with commas, and the JARs of the bundles
     */
    public static void main(String[] arguments) throws BundleException, InterruptedException {
        Framework framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, arguments[0],
                        Constants.FRAMEWORK_BOOTDELEGATION, arguments[1]));
        framework.start();
        try {
            run(framework.getBundleContext(), Arrays.asList(arguments).subList(2, arguments.length));
        } finally {
            framework.stop();
            framework.waitForStop(0);
        }
    }

    private static void run(BundleContext context, List<String> jars) throws BundleException {
        List<Bundle> bundles = jars.stream().map(jar -> install(context, jar)).toList();
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        bundles.forEach(bundle -> System.out.println("bundle=%s %s %s".formatted(bundle.getSymbolicName(),
                bundle.getVersion(), bundle.getState() == Bundle.ACTIVE ? "active" : "not active")));
    }

    private static Bundle install(BundleContext context, String jar) {
        try {
            return context.installBundle(Path.of(jar).toUri().toString());
        } catch (BundleException e) {
            throw new IllegalStateException(jar + " cannot be installed", e);
        }
    }
}
