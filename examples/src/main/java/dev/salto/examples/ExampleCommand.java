// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import java.util.Arrays;
import java.util.Optional;

/** Runs an example by its name, or lists all of them. */
public final class ExampleCommand {
    private static final int USAGE = 2;
    private static final int MISSING = 3;

    private ExampleCommand() {}

    /**
     * Ends with 0; 1 if the example fails; 2 if there is no such example; 3 if something is missing
     * on this machine.
     */
    public static void main(String[] arguments) throws Exception {
        int code = run(arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int run(String[] arguments) throws Exception {
        String name = arguments.length == 0 ? "--help" : arguments[0];
        if (name.equals("--help") || name.equals("-h")) {
            System.out.print(usage());
            return 0;
        }
        Optional<Example> example = Arrays.stream(Example.values()).filter(e -> e.commandName().equals(name))
                .findFirst();
        if (example.isEmpty()) {
            System.err.printf("salto: there is no example '%s'%n%n%s", name, usage());
            return USAGE;
        }
        Optional<String> missing = example.get().missing();
        if (missing.isPresent()) {
            System.err.printf("salto: %s%n", missing.get());
            return MISSING;
        }
        example.get().run(Arrays.copyOfRange(arguments, 1, arguments.length));
        return 0;
    }

    static String usage() {
        StringBuilder text = new StringBuilder("""
                Usage: ./salto example NAME

                Runs an example, whose project is a folder in examples. The names:

                """);
        for (Example example : Example.values()) {
            text.append("  %-22s  %s%s%n".formatted(example.commandName(), example.summary(),
                    example.missing().map(missing -> "%n%26s(not here: %s)".formatted("", missing)).orElse("")));
        }
        return text.append("""

                Exit codes: 0; 1 if the example fails; 2 if there is no such example; 3 if something is missing.
                """).toString();
    }
}
