// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

/** The messages of the agent: one line for each error, on the standard error stream. */
final class Messages {
    private Messages() {}

    /** Prints a line that begins with the agent's name. */
    static void say(String predicate) {
        print("Salto's agent " + predicate);
    }

    @SuppressWarnings("SystemOut") // there may be no logger yet
    static void print(String text) {
        System.err.println(text);
    }
}
