// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import org.jspecify.annotations.Nullable;

/** Prints the report when the process ends. */
final class ExitReport implements Runnable {
    private final FirstStub stubs;
    private final @Nullable CallSiteTransformer transformer;

    ExitReport(FirstStub stubs, @Nullable CallSiteTransformer transformer) {
        this.stubs = stubs;
        this.transformer = transformer;
    }

    @Override
    public void run() {
        Messages.print(stubs.report());
        if (transformer != null && !transformer.unreachable().isEmpty()) {
            Messages.print("The class loaders of these classes do not see the class path, so their call sites stay: "
                    + String.join(", ", transformer.unreachable()));
        }
    }
}
