// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.Report;
import dev.salto.Salto;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import dev.salto.internal.text.TextIndex;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Does what it is told, one argument after the other, and prints how each step went:
 * {@code step=result}. The steps bring the process into a situation, or use Salto in it. The
 * arguments of a step follow its name: {@code bind 1000}, {@code rename A -> B}.
 *
 * <p>A step that throws prints the exception, and the next one follows, but for errors of the test
 * itself.
 */
public final class Situation {
    private static final int PR_SET_MDWE = 65;
    private static final int PR_MDWE_REFUSE_EXEC_GAIN = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int EACCES = 13;

    /**
     * With an old size of zero: the duplication of a mapping. The C library uses mremap too, with
     * other sizes.
     */
    private static final SeccompFilter.Rule DUPLICATES = new SeccompFilter.Rule(SystemCall.MREMAP, 1, -1, 0);

    /** Memory of two megabytes, and of many sizes above that, but not of one table. */
    private static final SeccompFilter.Rule LARGE_MAPPINGS = SeccompFilter.Rule.ifSet(SystemCall.MMAP, 1, 2 << 20);

    private final NumberedClosures closures = new NumberedClosures();

    private Situation() {}

    public static void main(String[] steps) {
        Situation situation = new Situation();
        for (String step : steps) {
            int space = step.indexOf(' ');
            String name = space < 0 ? step : step.substring(0, space);
            print(name, situation.attempt(name, step.substring(space + 1)));
        }
    }

    private String attempt(String name, String operand) {
        try {
            return perform(name, operand);
        } catch (AssertionError e) {
            throw e;
        } catch (Exception | Error e) {
            return e.toString();
        }
    }

    private String perform(String name, String operand) throws Exception {
        switch (name) {
            case "initialize" -> Salto.initialize();
            case "report" -> report();
            case "load" -> Class.forName("dev.salto.Salto", false, Situation.class.getClassLoader());
            case "bind" -> closures.bind(Integer.parseInt(operand));
            case "bind-until-refused" -> closures.bindUntilRefused();
            case "call" -> closures.callAll();
            case "close" -> closures.closeAll();
            case "load-callers" -> TestRun.loadLibraries();
            case "test" -> print("tests", Long.toString(TestRun.run(operand.split(" ", -1))));
            case "maps" -> printSharedCode();
            case "count-code-tables" -> print("code-tables", Long.toString(sharedCode().size()));

            case "mdwe" -> denyMemoryToBecomeExecutable();
            case "refuse-writable-executable" -> refuseProtection(PROT_WRITE | PROT_EXEC);
            case "refuse-executable" -> refuseProtection(PROT_EXEC);
            case "refuse-memfd" -> SeccompFilter.install(SeccompFilter.Rule.always(SystemCall.MEMFD_CREATE));
            case "end-process-for-memfd" -> SeccompFilter.endProcessFor(SystemCall.MEMFD_CREATE);
            // Whatever is not mapped in place of something that the JVM has reserved.
            case "refuse-mmap" -> SeccompFilter.install(new SeccompFilter.Rule(SystemCall.MMAP, 3, MAP_FIXED, 0));
            case "refuse-duplicates" -> SeccompFilter.install(DUPLICATES);
            case "bind-until-refused-once" -> attemptWithout(DUPLICATES, "bind-until-refused", "");
            case "bind-without-fresh-parameters" -> attemptWithout(freshParameters(), "bind", operand);
            case "bind-without-large-mappings" -> attemptWithout(LARGE_MAPPINGS, "bind", operand);

            case "exhaust-descriptors" -> Descriptors.exhaust(Integer.parseInt(operand));
            case "release-descriptors" -> Descriptors.releaseAll();
            case "close-descriptors" -> Descriptors.close();
            case "exhaust-mappings" -> Mappings.exhaust(Integer.parseInt(operand));
            case "release-mappings" -> Mappings.release();
            // Without the JVM's own last steps, which load classes.
            case "exit" -> SystemCall.EXIT_GROUP.call(0);
            case "chroot" -> {
                SystemCall.CHROOT.call(operand);
                SystemCall.CHDIR.call("/");
            }

            case "remount-noexec" -> remountNoexec(operand);

            case "delete" -> Files.delete(Path.of(operand));
            case "rename" -> {
                String[] names = operand.split(" -> ", -1);
                Files.move(Path.of(names[0]), Path.of(names[1]), StandardCopyOption.ATOMIC_MOVE);
            }
            case "forbid-reading" ->
                Files.setPosixFilePermissions(Path.of(operand), PosixFilePermissions.fromString("---------"));
            case "overwrite" -> overwrite(Path.of(operand));
            case "truncate" -> truncate(Path.of(operand));
            default -> throw new AssertionError("no such step: " + name);
        }
        return "done";
    }

    private static void report() {
        Report report = Salto.report();
        print("mechanism", report.mechanism().toString());
        print("fallback", report.fallback().toString());
        print("source", String.valueOf(report.source()));
        print("location", String.valueOf(report.location()));
        report.tried().forEach(
                tried -> print("tried", "%s, %s: %s".formatted(tried.source(), tried.location(), tried.reason())));
        report.hardening().forEach((name, state) -> print("hardening." + name, state));
        print("tables", Long.toString(report.tables()));
        print("closures", Long.toString(report.closures()));
        print("writableExecutable", String.valueOf(report.writableExecutable()));
    }

    /**
     * The memory that a table gets for its parameters when it is used again. Of that size the JVM
     * maps none.
     */
    private static SeccompFilter.Rule freshParameters() throws TextImageException {
        TextIndex index = TextImage.get().index();
        return new SeccompFilter.Rule(SystemCall.MMAP, 1, -1, (int) index.shape().parametersSize());
    }

    private static void printSharedCode() throws IOException {
        sharedCode().stream().distinct().forEach(name -> print("mapped", name));
    }

    /**
     * From where code is mapped in the way in which only Salto does it, shared: a name for each
     * mapping.
     */
    private static List<String> sharedCode() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                // address, permissions, offset, device, inode, name
                .map(line -> line.split(" +", 6))
                .filter(mapping -> mapping[1].equals("r-xs"))
                .map(mapping -> mapping[5])
                .toList();
    }

    /** In a thread that the system refuses something to, and no other. */
    private void attemptWithout(SeccompFilter.Rule refused, String step, String operand) throws InterruptedException {
        Thread thread = new Thread(() -> {
            SeccompFilter.installOnThisThread(refused);
            print("without", attempt(step, operand));
        });
        thread.start();
        thread.join();
    }

    private static void remountNoexec(String folder) throws IOException, InterruptedException {
        int code = new ProcessBuilder("mount", "-o", "remount,bind,noexec", folder).inheritIO().start().waitFor();
        if (code != 0) {
            throw new AssertionError("mount ended with " + code);
        }
    }

    private static void denyMemoryToBecomeExecutable() {
        SystemCall.PRCTL.call(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN);
        SystemCall.MMAP.requireRefused(EACCES, 0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    private static void refuseProtection(int bits) {
        SeccompFilter.install(
                Stream.of(SystemCall.MMAP, SystemCall.MPROTECT, SystemCall.PKEY_MPROTECT)
                        .map(call -> SeccompFilter.Rule.ifSet(call, 2, bits))
                        .toArray(SeccompFilter.Rule[]::new));
    }

    /** Writes zeros over all of a file, in place. */
    private static void overwrite(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.write(new byte[(int) open.length()]);
        }
    }

    private static void truncate(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(0);
        }
    }

    private static void print(String key, String value) {
        System.out.println(key + "=" + oneLine(value));
    }

    /**
     * A value as it is printed: in one line, whatever it contains, and readable in any character
     * set.
     */
    public static String oneLine(String value) {
        StringBuilder line = new StringBuilder();
        value.chars().forEach(c -> {
            if (c >= ' ' && c <= '~' && c != '\\') {
                line.append((char) c);
            } else {
                line.append("\\u%04x".formatted(c));
            }
        });
        return line.toString();
    }
}
