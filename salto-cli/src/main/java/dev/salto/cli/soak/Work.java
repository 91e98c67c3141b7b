// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

/** The operations that the soak counts, in the order of its report. */
public enum Work {
    CYCLE("bind and close cycles"), CALL("calls checked"), REBIND("rebinds"), STALE_CALL(
            "calls of closed closures"), EXCEPTION(
                    "exceptions in callbacks"), ARENA("arenas closed"), TYPE("types made"), NATIVE_THREAD(
                            "native threads"), COLLECTION("garbage collections asked for"), END_OF_STACK(
                                    "steps where a stack ends"), FULL_HEAP("steps in a full heap");

    private final String label;

    Work(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
