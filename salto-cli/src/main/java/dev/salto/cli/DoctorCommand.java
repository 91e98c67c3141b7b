// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reports what works on this machine, and why not. */
@Command(name = "doctor", mixinStandardHelpOptions = true, version = SaltoCommand.VERSION, usageHelpAutoWidth = true,
        exitCodeOnInvalidInput = DoctorCommand.USAGE, exitCodeOnExecutionException = DoctorCommand.FAULT,
        description = {
            "Finds out whether static trampolines work on this machine: maps their code, makes a closure and a raw trampoline, calls both"
                    + " from native code and checks the answers. Then says where the code came from, what was tried before and why it was not"
                    + " that, and what to do where something does not work."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:static trampolines work", "1:only the fallback works: upcall stubs of the JDK",
            "2:nothing works",
            "3:something is missing on this machine: a JDK 25, Maven, or a supported host; or the build failed",
            DoctorCommand.USAGE + ":the command line was wrong, or a system property has a value that means nothing",
            DoctorCommand.FAULT + ":a fault of this command"},
        footerHeading = "%nSystem properties of Salto reach it through the environment:%n",
        footer = {"  JAVA_TOOL_OPTIONS=-Ddev.salto.fallback=upcall-stubs ./salto doctor",
            "  JAVA_TOOL_OPTIONS=-Ddev.salto.text.sources=memfd,file ./salto doctor",
            "The JVM then says \"Picked up JAVA_TOOL_OPTIONS\" on standard error.",
            "", "Examples:", "  ./salto doctor", "  ./salto doctor --json > report.json"})
final class DoctorCommand implements Callable<Integer> {
    // EX_USAGE and EX_SOFTWARE of <sysexits.h>, because the usual 2 and 1 have other meanings
    // here.
    static final int USAGE = 64;
    static final int FAULT = 70;

    /** Longer lines are hard to read, even on a wide terminal. */
    private static final int WIDEST = 120;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--json", description = "print one JSON object and nothing else to standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Diagnosis diagnosis;
        try {
            diagnosis = makeQuietly();
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr()
                    .println(spec.commandLine().getColorScheme().errorText("salto: " + e.getMessage()));
            return USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(diagnosis.json()));
        } else {
            out.println(DiagnosisText.of(diagnosis, spec.commandLine().getColorScheme().ansi(),
                    Math.min(spec.usageMessage().width(), WIDEST)));
        }
        out.flush();
        return diagnosis.exitCode();
    }

    /** Without the library's warnings, because this command reports the same, and more. */
    private static Diagnosis makeQuietly() {
        Logger logger = Logger.getLogger("dev.salto");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            return Diagnosis.make();
        } finally {
            logger.setLevel(before);
        }
    }
}
