// SPDX-License-Identifier: Apache-2.0

import java.lang.instrument.Instrumentation;

/** An agent that does nothing. */
public final class EmptyAgent {
    public static void premain(String options, Instrumentation instrumentation) {}
}
