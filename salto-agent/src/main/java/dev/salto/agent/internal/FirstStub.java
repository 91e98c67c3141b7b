// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads Salto with the first stub, and then hands all calls to {@code StaticStubs}. It gets the
 * caller's class, the linker and the parameters. Its result is null if the JDK is to make the stub,
 * or to refuse it.
 */
final class FirstStub implements Function<Object[], @Nullable Object> {
    private static final String STUBS = "dev.salto.agent.internal.StaticStubs";

    private final boolean isReport;

    /** Gives a module native access; null if that does not work. */
    private @Nullable Consumer<Object> access;

    /** Null before the first stub. Objects of this class have final fields, so threads may race. */
    private @Nullable Function<Object[], @Nullable Object> stubs;

    private boolean isBroken;

    FirstStub(boolean isReport) {
        this.isReport = isReport;
    }

    /** Sets what gives native access to a module. */
    void setAccess(Consumer<Object> access) {
        this.access = access;
    }

    @Override
    public @Nullable Object apply(Object[] call) {
        Function<Object[], @Nullable Object> known = stubs;
        return known != null ? known.apply(call) : first(call);
    }

    private @Nullable Object first(Object[] call) {
        if (HandOver.isOwn((Class<?>) call[0])) {
            return null;
        }
        Function<Object[], @Nullable Object> loaded = load();
        return loaded == null ? null : loaded.apply(call);
    }

    @SuppressWarnings("unchecked") // StaticStubs
    private synchronized @Nullable Function<Object[], @Nullable Object> load() {
        if (stubs == null && !isBroken) {
            try {
                Object loaded = HandOver.fromModule(STUBS);
                giveAccess(loaded.getClass().getModule());
                ((Consumer<Boolean>) loaded).accept(isReport);
                stubs = (Function<Object[], @Nullable Object>) loaded;
            } catch (Throwable e) {
                isBroken = true;
                Messages.say("leaves all upcall stubs to the JDK: " + e);
            }
        }
        return stubs;
    }

    /** Without it, the JDK warns, or Salto reports why it does not work. */
    private void giveAccess(Module module) {
        Consumer<Object> give = access;
        if (give != null) {
            try {
                give.accept(module);
            } catch (LinkageError e) {
                Messages.say("cannot get native access for itself: " + e);
            }
        }
    }

    /** The report on all stubs. */
    @SuppressWarnings("unchecked") // StaticStubs
    String report() {
        Object known = stubs;
        return known == null ? "Salto's agent made no static trampolines" : ((Supplier<String>) known).get();
    }
}
