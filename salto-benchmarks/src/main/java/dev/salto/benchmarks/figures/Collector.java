// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

/** A garbage collector of the JVM. */
public enum Collector {
    /** The usual one. */
    G1("g1", "G1"),
    /** The one for throughput. */
    PARALLEL("parallel", "Parallel"),
    /** The one for short pauses. */
    Z("z", "Z");

    private final String key;
    private final String name;

    Collector(String key, String name) {
        this.key = key;
        this.name = name;
    }

    /** Its part of a figure's key. */
    public String key() {
        return key;
    }

    /** The JVM's option for it. */
    public String jvmOption() {
        return "-XX:+Use" + name + "GC";
    }

    /** Its name. */
    @Override
    public String toString() {
        return name;
    }
}
