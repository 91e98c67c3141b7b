// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import java.util.List;

/** How many callbacks are live at once. */
public enum Size {
    /** A thousand. */
    K1("1k", "1,000", 1_000, 256, 8),
    /** A hundred thousand. */
    K100("100k", "100,000", 100_000, 1024, 96),
    /** A million. */
    M1("1m", "1,000,000", 1_000_000, 3 * 1024, 256),
    /** Ten million. */
    M10("10m", "10,000,000", 10_000_000, 6 * 1024, 512);

    private final String key;
    private final String title;
    private final int count;
    private final int heapMebibytes;
    private final int nativeMebibytes;

    Size(String key, String title, int count, int heapMebibytes, int nativeMebibytes) {
        this.key = key;
        this.title = title;
        this.count = count;
        this.heapMebibytes = heapMebibytes;
        this.nativeMebibytes = nativeMebibytes;
    }

    /** Its part of a figure's key. */
    public String key() {
        return key;
    }

    /** The number. */
    public int count() {
        return count;
    }

    /**
     * The JVM's options for the heap of so many callbacks, of the peer that needs most. The heap is
     * touched at the start, so that only native memory grows later.
     */
    public List<String> heapOptions() {
        String heap = heapMebibytes + "m";
        return List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch");
    }

    /**
     * The native memory of at least that many callbacks, for Salto and the peers in its
     * requirements.
     */
    public int nativeMebibytes() {
        return nativeMebibytes;
    }

    /** Whether they take so much that what the JVM takes for itself meanwhile does not count. */
    public boolean isEnoughForMemory() {
        return this != K1;
    }

    /** The number, for people. */
    @Override
    public String toString() {
        return title;
    }
}
