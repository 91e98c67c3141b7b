// SPDX-License-Identifier: Apache-2.0

package dev.salto.child;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.SignatureCallers;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Test classes, run in this process. */
final class TestRun {
    private TestRun() {}

    /**
     * Loads the libraries of native callers, which leave their JAR for a temporary file; a later
     * step may make that impossible.
     */
    static void loadLibraries() {
        Callers.add();
        SignatureCallers.atEachLevel();
    }

    /**
     * Runs test classes.
     *
     * @return how many tests succeeded
     * @throws AssertionError if a test failed or was skipped, or there were none
     */
    static long run(String... classes) {
        ClassSelector[] selectors = Stream.of(classes)
                .map(DiscoverySelectors::selectClass)
                .toArray(ClassSelector[]::new);
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(LauncherDiscoveryRequestBuilder.request().selectors(selectors).build(), listener);
        TestExecutionSummary summary = listener.getSummary();
        long succeeded = summary.getTestsSucceededCount();
        if (succeeded == 0 || succeeded < summary.getTestsFoundCount() || summary.getTotalFailureCount() > 0) {
            throw new AssertionError("%d of %d tests succeeded; the first failures: %s".formatted(succeeded,
                    summary.getTestsFoundCount(),
                    summary.getFailures().stream().limit(3)
                            .map(failure -> failure.getTestIdentifier().getUniqueId() + ": " + failure.getException())
                            .toList()));
        }
        return succeeded;
    }
}
