// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.util.HashSet;
import java.util.Set;

/** The options behind the agent's JAR. */
final class Options {
    static final String HELP = """
            -javaagent:salto-agent.jar[=OPTION[,OPTION...]]
              report      prints at exit which call sites made upcall stubs, and which of them the JDK made
              call-sites  rewrites call sites instead of the JDK's linker
              help        prints this text
            java -jar salto-agent.jar JAR NEW_JAR
              rewrites the call sites in a JAR ahead of time; see docs/agent.md""";

    private static final String REPORT = "report";
    private static final String CALL_SITES = "call-sites";
    private static final String HELP_OPTION = "help";
    private static final Set<String> KNOWN = Set.of(REPORT, CALL_SITES, HELP_OPTION);

    private final Set<String> options = new HashSet<>();

    private Options() {}

    /** Reads options. Unknown ones are reported and left out. */
    static Options parse(String text) {
        Options parsed = new Options();
        for (String option : text.split(",", -1)) {
            if (KNOWN.contains(option)) {
                parsed.options.add(option);
            } else if (!option.isEmpty()) {
                Messages.say("has no option '" + option + "'; =help lists all");
            }
        }
        return parsed;
    }

    boolean isReport() {
        return options.contains(REPORT);
    }

    boolean isCallSites() {
        return options.contains(CALL_SITES);
    }

    boolean isHelp() {
        return options.contains(HELP_OPTION);
    }
}
