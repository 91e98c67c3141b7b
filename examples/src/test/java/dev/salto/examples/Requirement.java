// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the tests of an example that lacks something on this machine. JUnit finds this class as a
 * service, so the tests of an example's project do not refer to it.
 */
public final class Requirement implements ExecutionCondition {
    private static final Set<Example> REPORTED = ConcurrentHashMap.newKeySet();

    /** For JUnit. */
    public Requirement() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String ofTest = context.getTestClass().map(Class::getPackageName).orElse("");
        return Arrays.stream(Example.values())
                .filter(example -> ofTest.equals(Requirement.class.getPackageName() + "." + project(example)))
                .flatMap(example -> missing(example).stream())
                .findFirst()
                .map(ConditionEvaluationResult::disabled)
                .orElse(ConditionEvaluationResult.enabled(""));
    }

    /** The folder of the project that has the example. */
    static String project(Example example) {
        return example.commandName().replaceFirst("^trampoline-.*", "trampolines");
    }

    /** Ends the test as skipped, with the reason, if the example cannot run here. */
    static void of(Example example) {
        missing(example).ifPresent(Assumptions::abort);
    }

    /** Returns what an example lacks. Prints it once, because Surefire does not. */
    private static Optional<String> missing(Example example) {
        Optional<String> missing = example.missing();
        if (missing.isPresent() && REPORTED.add(example)) {
            System.out.printf("Tests of the example %s are skipped: %s%n", example.commandName(), missing.get());
        }
        return missing;
    }
}
