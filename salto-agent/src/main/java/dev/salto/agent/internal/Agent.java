// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.lang.instrument.Instrumentation;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Starts the agent. It gets the options, the JVM's {@link Instrumentation}, the class with the
 * target of rewritten call sites, and the setter of its function.
 */
public final class Agent implements Consumer<Object[]> {
    static {
        HandOver.toLoader(Agent.class, new Agent());
    }

    private Agent() {}

    @Override
    @SuppressWarnings("unchecked") // the types are those of SaltoAgent
    public void accept(Object[] start) {
        start(Options.parse((String) start[0]), (Instrumentation) start[1], (Class<?>) start[2],
                (Consumer<Function<Object[], Object>>) start[3]);
    }

    private static void start(Options options, Instrumentation instrumentation, Class<?> callSites,
            Consumer<Function<Object[], Object>> setFunction) {
        if (options.isHelp()) {
            Messages.print(Options.HELP);
        }
        FirstStub stubs = new FirstStub(options.isReport());
        LinkerPatch patch = new LinkerPatch(instrumentation);
        String refusal = patch.prepare(stubs);
        if (refusal == null && !options.isCallSites()) {
            refusal = patch.apply();
        }
        CallSiteTransformer transformer = null;
        if (refusal != null || options.isCallSites()) {
            if (refusal != null) {
                Messages.say("cannot change the JDK's linker, so it rewrites call sites: " + refusal);
            }
            setFunction.accept(new CallerStubs(stubs));
            transformer = new CallSiteTransformer(instrumentation, callSites);
            instrumentation.addTransformer(transformer);
        }
        if (options.isReport()) {
            Runtime.getRuntime().addShutdownHook(new Thread(new ExitReport(stubs, transformer), "Salto's report"));
        }
    }
}
