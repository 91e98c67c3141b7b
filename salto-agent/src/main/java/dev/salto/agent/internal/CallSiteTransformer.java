// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Rewrites the call sites of classes when they are loaded, where the linker cannot be changed. */
final class CallSiteTransformer implements ClassFileTransformer {
    private final Instrumentation instrumentation;
    private final Class<?> target;
    private final String owner;

    /** Names of classes. */
    private final Set<String> unreachable = ConcurrentHashMap.newKeySet();

    /**
     * A transformer.
     *
     * @param target the class of the class path that has the static method
     */
    CallSiteTransformer(Instrumentation instrumentation, Class<?> target) {
        this.instrumentation = instrumentation;
        this.target = target;
        this.owner = target.getName().replace('.', '/');
    }

    /** The names of classes whose class loaders do not see the target. */
    Set<String> unreachable() {
        return unreachable;
    }

    @Override
    public byte @Nullable [] transform(@Nullable Module module, @Nullable ClassLoader loader,
            @Nullable String className, @Nullable Class<?> redefined, @Nullable ProtectionDomain domain,
            byte[] content) {
        if (loader == null || module == null || className == null || className.startsWith("dev/salto/internal/")
                || HandOver.isOwn(loader)) {
            return null;
        }
        CallSiteRewriter.Rewritten rewritten;
        try {
            rewritten = CallSiteRewriter.rewrite(content, owner);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (rewritten == null) {
            return null;
        }
        if (!isVisible(loader)) {
            unreachable.add(className.replace('/', '.'));
            return null;
        }
        if (module.isNamed() && !module.canRead(target.getModule())) {
            instrumentation.redefineModule(module, Set.of(target.getModule()), Map.of(), Map.of(), Set.of(),
                    Map.of());
        }
        return rewritten.bytes();
    }

    private boolean isVisible(ClassLoader loader) {
        ClassLoader own = target.getClassLoader();
        for (ClassLoader one = loader; one != null; one = one.getParent()) {
            if (one.equals(own)) {
                return true;
            }
        }
        return false;
    }
}
