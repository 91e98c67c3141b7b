// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import dev.salto.examples.curl.CurlExample;
import dev.salto.examples.expat.ExpatExample;
import dev.salto.examples.glib.GlibExample;
import dev.salto.examples.jextract.Database;
import dev.salto.examples.libc.LibcExample;
import dev.salto.examples.libuv.LibuvExample;
import dev.salto.examples.pulseaudio.PulseaudioExample;
import dev.salto.examples.recorded.RecordedExample;
import dev.salto.examples.sqlite.SqliteExample;
import dev.salto.examples.trampolines.ComputationExample;
import dev.salto.examples.trampolines.DataExample;
import dev.salto.examples.trampolines.MarshallerExample;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The examples, each with what it needs on this machine. */
@SuppressWarnings("ImmutableEnumChecker") // main methods and records
public enum Example {
    /** SQLite. */
    SQLITE("SQL calls a Java function, sorts by a Java comparator, and reports changes", SqliteExample::main,
            new Library("libsqlite3.so.0", "libsqlite3-0")),
    /** libcurl. */
    CURL("libcurl hands over a document, and what it says meanwhile", CurlExample::main,
            new Library("libcurl.so.4", "libcurl4t64 (before Debian 13: libcurl4)")),
    /** GLib. */
    GLIB("a main loop with a timer, and a signal", GlibExample::main,
            new Library("libgio-2.0.so.0", "libglib2.0-0t64 (before Debian 13: libglib2.0-0)")),
    /** libuv. */
    LIBUV("timers of an event loop, which close themselves", LibuvExample::main,
            new Library("libuv.so.1", "libuv1t64 (before Debian 13: libuv1)")),
    /** Expat. */
    EXPAT("an XML parser tells a Java object what it reads", ExpatExample::main,
            new Library("libexpat.so.1", "libexpat1")),
    /** The C library. */
    LIBC("qsort with a Java comparator, and nftw with a Java visitor", LibcExample::main, new Nothing()),
    /** PulseAudio. */
    PULSEAUDIO("a tone, whose samples PulseAudio asks for", PulseaudioExample::main,
            new Sound(new Library("libpulse.so.0", "libpulse0"))),
    /** Recorded calls. */
    RECORDED("SQLite's log and a signal handler, which never enter Java", RecordedExample::main,
            new Library("libsqlite3.so.0", "libsqlite3-0")),
    /** Code of jextract. */
    JEXTRACT("code in the form of jextract, with one line changed", Database::main,
            new Library("libsqlite3.so.0", "libsqlite3-0")),
    /** Use 1 of trampolines. */
    TRAMPOLINE_DATA("a native comparator for qsort that knows its column", DataExample::main, new Compiler()),
    /** Use 2 of trampolines. */
    TRAMPOLINE_MARSHALLER("two signatures reach one native function of a third", MarshallerExample::main,
            new Compiler()),
    /** Use 3 of trampolines. */
    TRAMPOLINE_COMPUTATION("an expression that is data, behind a double (*)(double)", ComputationExample::main,
            new Compiler());

    /** A main method. */
    interface Program {
        void main(String[] arguments) throws Exception;
    }

    /** Something that a machine may lack. */
    private sealed interface Need {
        boolean isMet();

        String remedy();
    }

    private record Nothing() implements Need {
        @Override
        public boolean isMet() {
            return true;
        }

        @Override
        public String remedy() {
            return "";
        }
    }

    private record Library(String name, String debianPackage) implements Need {
        @Override
        public boolean isMet() {
            try (Arena arena = Arena.ofConfined()) {
                SymbolLookup.libraryLookup(name, arena);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String remedy() {
            return "%s cannot be loaded; on Debian, install %s".formatted(name, debianPackage);
        }
    }

    private record Sound(Library library) implements Need {
        @Override
        public boolean isMet() {
            return library.isMet() && PulseaudioExample.hasSound();
        }

        @Override
        public String remedy() {
            return library.isMet()
                    ? "there is no sound; start a server of PulseAudio, or name one in PULSE_SERVER"
                    : library.remedy();
        }
    }

    private record Compiler() implements Need {
        @Override
        public boolean isMet() {
            return Arrays
                    .stream(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
        }

        @Override
        public String remedy() {
            return "there is no C compiler (cc) on the path; on Debian, install gcc";
        }
    }

    private final String summary;
    private final Program program;
    private final Need need;

    Example(String summary, Program program, Need need) {
        this.summary = summary;
        this.program = program;
        this.need = need;
    }

    /** {@return the name on the command line} */
    public String commandName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@return what it shows, in one line} */
    public String summary() {
        return summary;
    }

    /** {@return what this machine lacks to run it, with the remedy; empty if nothing is lacking} */
    public Optional<String> missing() {
        return need.isMet() ? Optional.empty() : Optional.of(need.remedy());
    }

    void run(String[] arguments) throws Exception {
        program.main(arguments);
    }
}
