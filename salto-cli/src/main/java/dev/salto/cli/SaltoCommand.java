// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code salto}. */
@Command(name = "salto", mixinStandardHelpOptions = true, version = SaltoCommand.VERSION,
        subcommands = {DemoCommand.class, DoctorCommand.class, SoakCommand.class},
        description = "Native function pointers for Java objects, with no code made at run time.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes (the doctor and the soak have their own, see their help):%n",
        exitCodeList = {"0:it worked", "1:it did not, and the message says why", "2:the command line was wrong",
            "3:something is missing on this machine: a JDK 25, Maven, or a supported host; or the build failed"},
        footer = {"%nTry:", "  ./salto demo              see it work, beside the JDK's own upcall stubs",
            "  ./salto demo --help       what can be set",
            "  ./salto doctor            see what works on this machine",
            "  ./salto soak              a minute of everything at once, with every answer checked",
            "  ./salto bench --help      the benchmarks"})
final class SaltoCommand {
    static final String VERSION = "salto 0.1.0";

    private SaltoCommand() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new SaltoCommand()).setExecutionStrategy(SaltoCommand::run)
                .setExecutionExceptionHandler(SaltoCommand::explain);
    }

    /**
     * Errors are explained, too: where the system forbids something, a class may fail to be
     * initialised.
     */
    private static int run(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Error e) {
            throw new CommandLine.ExecutionException(parsed.commandSpec().commandLine(), explanation(e), e);
        }
    }

    /** The message of the cause of a class's failure. */
    private static String explanation(Throwable e) {
        Throwable cause = e.getCause();
        if (e instanceof LinkageError && cause != null) {
            return explanation(cause);
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** A user gets the message, and the stack trace only on request. */
    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        command.getErr().println(command.getColorScheme().errorText("salto: " + explanation(e)));
        if (Boolean.getBoolean("dev.salto.trace")) {
            e.printStackTrace(command.getErr());
        } else {
            command.getErr()
                    .println("       (for the stack trace: JAVA_TOOL_OPTIONS=-Ddev.salto.trace=true ./salto ...)");
        }
        return command.getCommandSpec().exitCodeOnExecutionException();
    }
}
