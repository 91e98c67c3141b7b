// SPDX-License-Identifier: Apache-2.0

package dev.salto.elsewhere;

import dev.salto.Mechanism;
import dev.salto.Report;
import dev.salto.Salto;
import dev.salto.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests in this JVM, for {@code ./salto test-arch} and {@code ./salto test-jdk}, and on
 * other systems. It takes all test classes of this module whose names end as below. It leaves out
 * tests with the tag {@value #HOST}, which cannot work under emulation, except those that a
 * property names. It prints lines of the form {@code key=value} for the script, and failures.
 */
final class TestsElsewhere implements TestExecutionListener {
    /**
     * Of tests that start JVMs or debuggers, or need what the other architecture's root does not
     * have.
     */
    static final String HOST = "host";

    /** Of further random signatures, which run if some are wanted. */
    private static final String FURTHER = "thorough";

    /** Of tests of what no upcall stub can do. */
    private static final String PORT = "port";

    /** Of tests that need Linux, and of those that need Windows. */
    private static final String LINUX = "linux";

    private static final String WINDOWS = "windows";

    /** Of tests of Windows that Wine cannot run, unless a property asks for them. */
    private static final String REAL_WINDOWS = "real-windows";

    private static final String OTHER_SYSTEM = System.getProperty("os.name").startsWith("Windows") ? LINUX : WINDOWS;

    /** An expression for the simple names of classes with the tag {@value #HOST} that run, too. */
    private static final Pattern HOST_CLASSES = Pattern
            .compile("\\.(%s)\\]".formatted(System.getProperty("dev.salto.tests.host", "none")));

    private static final String PACKAGE = "dev.salto";
    private static final String CLASSES = ".*(Test|Properties)";

    /** They come first, because they find most faults, and soon. */
    private static final String SIGNATURES = ".*\\.(((CSignatures|ExtendedTypes|\\w*Conventions?)Test)|\\w*Properties)";

    /** Whether the first failed test is the last one. */
    private static final boolean FAIL_FAST = Boolean.getBoolean("dev.salto.tests.fail-fast");

    private static final long START = System.nanoTime();

    private final Map<TestIdentifier, Long> started = new HashMap<>();
    private int run;
    private int failed;
    private int skipped;

    /** How many tests, or methods with several, need another system. */
    private static int ofOtherSystem;

    private TestsElsewhere() {}

    /**
     * Runs the tests; exits with 1 if one failed, or if there were none.
     *
     * @param arguments the simple names of the classes to run, or none for all
     */
    public static void main(String[] arguments) throws Exception {
        Revocation.await();
        print("jvm", "%s %s".formatted(System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.name").replaceFirst(".*(Server|Client|Zero).*", "$1")));
        Report report = Salto.report();
        print("linker", report.linker());
        print("pagesize", Integer.toString(report.pageSize()));
        print("source", String.valueOf(report.source()));
        print("problem", report.problem() == null ? "" : report.problem());
        print("seed", Long.toString(Sample.seed()));
        String classes = arguments.length == 0 ? CLASSES : ".*\\.(" + String.join("|", arguments) + ")";
        TestsElsewhere tests = new TestsElsewhere();
        Launcher launcher = LauncherFactory.create();
        for (ClassNameFilter part : List.of(ClassNameFilter.includeClassNamePatterns(SIGNATURES),
                ClassNameFilter.excludeClassNamePatterns(SIGNATURES))) {
            launcher.execute(LauncherDiscoveryRequestBuilder.request()
                    .selectors(DiscoverySelectors.selectPackage(PACKAGE))
                    .filters(part, ClassNameFilter.includeClassNamePatterns(classes), excluded(),
                            (PostDiscoveryFilter) TestsElsewhere::isWanted)
                    .build(), tests);
        }
        tests.end();
    }

    private static Filter<?> excluded() {
        List<String> tags = new ArrayList<>();
        if (Sample.furtherSignatures() == 0) {
            tags.add(FURTHER);
        }
        if (Salto.report().mechanism() == Mechanism.UPCALL_STUBS) {
            tags.add(PORT);
        }
        return tags.isEmpty() ? TagFilter.excludeTags("none") : TagFilter.excludeTags(tags);
    }

    private static FilterResult isWanted(TestDescriptor test) {
        if (test.getTags().contains(TestTag.create(REAL_WINDOWS))
                && !Boolean.getBoolean("dev.salto.tests.real-windows")) {
            return FilterResult.excluded("Wine cannot show it");
        }
        if (test.getTags().contains(TestTag.create(OTHER_SYSTEM))) {
            ofOtherSystem += test.getChildren().isEmpty() ? 1 : 0;
            return FilterResult.excluded("it needs another system");
        }
        return FilterResult.includedIf(!test.getTags().contains(TestTag.create(HOST))
                || HOST_CLASSES.matcher(test.getUniqueId().toString()).find());
    }

    private void end() {
        print("signatures", Integer.toString(Sample.signaturesCompared()));
        print("run", Integer.toString(run));
        print("failed", Integer.toString(failed));
        print("other-system", Integer.toString(ofOtherSystem));
        print("seconds", Long.toString(Duration.ofNanos(System.nanoTime() - START).toSeconds()));
        print("skipped", Integer.toString(skipped));
        System.exit(failed == 0 && run > 0 ? 0 : 1);
    }

    private static synchronized void print(String key, String value) {
        System.out.println(key + "=" + value.replace('\n', ' '));
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test, System.nanoTime());
        if (isClass(test)) {
            print("class", test.getDisplayName());
        }
        if (test.isTest()) {
            print("test", name(test));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
        print("skipped-test", name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Duration time = Duration.ofNanos(System.nanoTime() - started.getOrDefault(test, 0L));
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
            }
            case ABORTED -> {
                skipped++;
                print("skipped-test", name(test) + ": " + result.getThrowable().map(Throwable::getMessage).orElse(""));
            }
            case FAILED -> {
                failed++;
                print("failed-test", name(test));
                result.getThrowable().ifPresent(problem -> problem.printStackTrace(System.out));
            }
        }
        if (test.isTest()) {
            run++;
            print("time", "%s %.1f s".formatted(name(test), time.toMillis() / 1e3));
        }
        if (FAIL_FAST && failed > 0) {
            end();
        }
    }

    private static boolean isClass(TestIdentifier test) {
        return test.getSource().filter(ClassSource.class::isInstance).isPresent();
    }

    /** A test, with the class that it is in, and the case where there are several. */
    private static String name(TestIdentifier test) {
        String path = test.getUniqueIdObject().getSegments().stream().skip(1)
                .map(segment -> segment.getValue().replaceFirst("\\(.*\\)$", "").replaceFirst("^.*\\.", ""))
                .collect(Collectors.joining(" "));
        return path.contains("#") ? path + " " + test.getDisplayName() : path;
    }
}
