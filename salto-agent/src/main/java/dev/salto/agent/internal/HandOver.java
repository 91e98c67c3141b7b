// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.util.function.Consumer;
import java.util.function.Function;

/** Reaches the class loader of the agent, whose class the agent's other classes do not see. */
final class HandOver {
    private HandOver() {}

    /** Gives the loader of a class the only object of the class. */
    @SuppressWarnings("unchecked") // AgentLoader
    static void toLoader(Class<?> owner, Object object) {
        ((Consumer<Object>) owner.getClassLoader()).accept(object);
    }

    /** Loads the class that makes stubs, in the module with Salto. */
    @SuppressWarnings("unchecked") // AgentLoader
    static Object fromModule(String className) {
        return ((Function<String, Object>) HandOver.class.getClassLoader()).apply(className);
    }

    /** Whether a class is one of the agent, or of its copy of Salto. */
    static boolean isOwn(Class<?> caller) {
        ClassLoader loader = caller.getClassLoader();
        return loader != null && isOwn(loader);
    }

    /** Whether a class loader is one of the agent. */
    static boolean isOwn(ClassLoader loader) {
        return loader.getClass().equals(HandOver.class.getClassLoader().getClass());
    }
}
