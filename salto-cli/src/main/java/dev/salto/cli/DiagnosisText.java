// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import dev.salto.ClosureOption;
import dev.salto.Mechanism;
import dev.salto.Fallback;
import dev.salto.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** A diagnosis in words. */
final class DiagnosisText {
    private static final String LONGEST_NAME = "writable+executable";

    private final Diagnosis diagnosis;
    private final Report report;
    private final Page page;

    private DiagnosisText(Diagnosis diagnosis, Page page) {
        this.diagnosis = diagnosis;
        this.report = diagnosis.report();
        this.page = page;
    }

    /**
     * Writes it.
     *
     * @param width the largest length of a line
     */
    static String of(Diagnosis diagnosis, Ansi ansi, int width) {
        Page page = new Page(ansi, width, LONGEST_NAME);
        DiagnosisText text = new DiagnosisText(diagnosis, page);
        text.verdict();
        text.machine();
        text.code();
        text.closures();
        text.hardening();
        text.remedies();
        text.next();
        return page.toString();
    }

    private void verdict() {
        switch (diagnosis.mechanism()) {
            case TRAMPOLINES -> page.paragraph("bold,green", "Static trampolines work", ": " + origin());
            case UPCALL_STUBS -> {
                page.paragraph("bold,yellow", hasPort() ? "Only the fallback works" : "Closures work",
                        ": closures are upcall stubs, code made at run time");
                page.paragraph("bold", "Static trampolines do not", ": " + cause());
            }
            case NONE -> page.paragraph("bold,red", "Nothing works", ": " + cause());
        }
        if (report.source() != null && report.tried().stream().anyMatch(DiagnosisText::wasNamed)) {
            page.paragraph("bold,yellow", "Not from the file that -Ddev.salto.text names", ": see below why");
        }
    }

    /** Whether Salto has a port, so that static trampolines could work. */
    private boolean hasPort() {
        return !report.abi().equals("unknown");
    }

    private String origin() {
        return switch (report.source()) {
            case null -> "mapped";
            case "memfd", "file" -> "mapped from " + report.location();
            default -> "mapped in place from " + report.location();
        };
    }

    private String cause() {
        if (diagnosis.failure() != null) {
            return diagnosis.failure();
        }
        return report.problem() != null
                ? report.problem()
                : "the code of trampolines cannot be mapped from anywhere";
    }

    private static boolean wasNamed(Report.Attempt attempt) {
        return attempt.source().equals("property") && !attempt.location().isEmpty();
    }

    private void machine() {
        page.heading("Machine");
        page.fact("architecture", report.architecture());
        page.fact("ABI", report.abi());
        page.fact("page size", report.pageSize() == 0
                ? "unknown, because %s".formatted(hasPort()
                        ? "native code cannot be called"
                        : "Salto has no port for this system")
                : "%,d bytes".formatted(report.pageSize()));
        page.fact("JVM", report.jvm());
        page.fact("linker", report.linker());
    }

    private void code() {
        page.heading("Code of the trampolines");
        page.fact("source", source());
        if (report.location() != null) {
            page.fact("location", report.location());
        }
        if (!report.tried().isEmpty()) {
            page.heading(report.source() == null ? "Tried, in this order" : "Tried before that, in this order");
        }
        for (Report.Attempt attempt : report.tried()) {
            page.fact(attempt.source(),
                    attempt.location().isEmpty() ? attempt.reason() : attempt.location() + ": " + attempt.reason());
        }
    }

    private String source() {
        return switch (report.source()) {
            case null -> "none";
            case "property" -> "property, the file that -Ddev.salto.text names";
            case "installed" -> "installed, a library of this system or of the JVM";
            case "class-folder" -> "class-folder, the file beside Salto's classes";
            case "jar" -> "jar, in place inside Salto's JAR";
            case "memfd" -> "memfd, a copy in memory that nobody can change";
            case "file" -> "file, a private copy on disk";
            default -> report.source();
        };
    }

    private void closures() {
        page.heading("Closures");
        page.fact("made and called", switch (diagnosis.mechanism()) {
            case TRAMPOLINES -> "a closure and a raw trampoline; native code got the right answers";
            case UPCALL_STUBS ->
                "a closure; native code got the right answer; raw trampolines and native bindings do not work";
            case NONE -> diagnosis.failure() == null ? "none" : diagnosis.failure();
        });
        page.fact("fallback", switch (report.fallback()) {
            case NONE -> "none: where static trampolines do not work, closures are refused";
            case UPCALL_STUBS -> "upcall-stubs: where static trampolines do not work, closures are upcall stubs";
        });
        page.fact("closures",
                report.closures() == 0 ? "none in use" : "%,d in use, by this command".formatted(report.closures()));
        page.fact("tables", "%,d (%,d read-only, %,d sealed)".formatted(report.tables(),
                report.protectedTables(), report.sealedTables()));
        page.fact("memory", "%,d bytes at most, for the parameters in all tables".formatted(report.bytes()));
        page.fact(LONGEST_NAME, switch (report.writableExecutable()) {
            case null -> "unknown: the system does not show its mappings in /proc/self/maps";
            case Boolean some when some -> "SOME of Salto's memory is both: that must never be, so please report it";
            case Boolean _ -> "none of Salto's memory";
        });
    }

    private void hardening() {
        if (report.hardening().isEmpty()) {
            return;
        }
        page.heading("Hardening by the system");
        for (Map.Entry<String, String> entry : report.hardening().entrySet()) {
            Restriction restriction = Restriction.of(entry.getKey(), entry.getValue());
            page.fact(restriction.name(), restriction.meaning());
        }
    }

    private void remedies() {
        List<String> remedies = diagnosis.mechanism() == Mechanism.TRAMPOLINES || diagnosis.failure() != null
                ? List.of()
                : remediesThereAre();
        if (!remedies.isEmpty()) {
            page.heading(remedies.size() == 1 ? "What to do" : "What to do (one of these is enough)");
            remedies.forEach(page::point);
        }
    }

    /** The end of the page, so that it is what a reader sees of a long one. */
    private void next() {
        page.heading("Next");
        if (diagnosis.failure() != null) {
            page.point("Report this fault, with what ./salto doctor --json prints.");
            return;
        }
        switch (diagnosis.mechanism()) {
            case TRAMPOLINES -> {
                page.point("See callbacks: ./salto demo");
                page.point("Use Salto in a program: README.md has the dependency and a first example.");
            }
            case UPCALL_STUBS -> page.point(hasPort()
                    ? "Use the fallback, or do what stands above and run ./salto doctor again."
                    : "Use Salto: docs/platforms.md has what upcall stubs cannot do.");
            case NONE -> page.point(remediesThereAre().isEmpty()
                    ? "Remove the cause that the first line names, and run ./salto doctor again."
                    : "Do what stands above, and run ./salto doctor again.");
        }
    }

    private List<String> remediesThereAre() {
        List<String> remedies = new ArrayList<>();
        String sources = System.getProperty("dev.salto.text.sources", "");
        if (!sources.isEmpty()) {
            remedies.add("Leave out -Ddev.salto.text.sources=%s, which keeps the other sources from being tried."
                    .formatted(sources));
        }
        if (!report.tried().isEmpty()) {
            remedies.add("Make one of the places under \"Tried\" work: the reason says what is in its way.");
        }
        if (report.fallback() == Fallback.NONE && report.pageSize() > 0) {
            remedies.add("If code made at run time is no objection, allow the fallback: start java with"
                    + " -Ddev.salto.fallback=upcall-stubs, or call Salto.override(ClosureOption.fallback(Fallback.UPCALL_STUBS)). To see whether that works:"
                    + " JAVA_TOOL_OPTIONS=-Ddev.salto.fallback=upcall-stubs ./salto doctor");
        }
        return remedies;
    }
}
