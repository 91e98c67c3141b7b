// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The JVM enters the agent here. With {@code -javaagent:salto-agent.jar}, the upcall stubs of the
 * process are static trampolines. With {@code java -jar salto-agent.jar}, the call sites in a JAR
 * are rewritten.
 *
 * <p>An error of the agent is one line, and the application goes on. So JVMs before JDK 25 must be
 * able to read this class, and the build compiles it once more for them.
 */
public final class SaltoAgent {
    private static final String INTERNAL = "dev.salto.agent.internal.";

    private static final int OLDEST_JDK = 25;

    private static boolean isStarted;

    private SaltoAgent() {}

    /**
     * Starts the agent before {@code main}.
     *
     * @param options separated by commas; null if there are none
     * @param instrumentation the JVM's
     */
    public static void premain(@Nullable String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /**
     * Starts the agent in a JVM that is running.
     *
     * @param options separated by commas; null if there are none
     * @param instrumentation the JVM's
     */
    public static void agentmain(@Nullable String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    @SuppressWarnings("unchecked") // the agent's own class
    private static synchronized void start(@Nullable String options, Instrumentation instrumentation) {
        if (isStarted) {
            System.err.println("Salto's agent is there already; the options of the first time stay");
            return;
        }
        isStarted = true;
        if (isTooOld()) {
            return;
        }
        try {
            ((Consumer<Object[]>) new AgentLoader().load(INTERNAL + "Agent")).accept(
                    new Object[]{options == null ? "" : options, instrumentation, CallSites.class, new Setter()});
        } catch (Throwable e) {
            System.err.println("Salto's agent does not work here, so upcall stubs are the JDK's: " + e);
        }
    }

    /** Whether the JVM cannot load the agent's other classes. If so, says it. */
    private static boolean isTooOld() {
        String version = System.getProperty("java.specification.version", "");
        boolean isOld = version.startsWith("1.") || Integer.parseInt(version) < OLDEST_JDK;
        if (isOld) {
            System.err.println("Salto's agent needs JDK " + OLDEST_JDK + " or later, so upcall stubs of this JDK "
                    + version + " stay");
        }
        return isOld;
    }

    private static final class Setter implements Consumer<Function<Object[], Object>> {
        @Override
        public void accept(Function<Object[], Object> function) {
            CallSites.setFunction(function);
        }
    }

    /**
     * Rewrites the call sites in a JAR.
     *
     * @param arguments the JAR, and the new JAR
     */
    @SuppressWarnings("unchecked") // the agent's own class
    public static void main(String[] arguments) {
        int status = 1;
        if (isTooOld()) {
            System.exit(status);
        }
        try {
            status = ((ToIntFunction<List<String>>) new AgentLoader().load(INTERNAL + "RewriteCommand"))
                    .applyAsInt(Arrays.asList(arguments));
        } catch (IOException | ClassNotFoundException e) {
            System.err.println("salto-agent: " + e);
        }
        System.exit(status);
    }
}
