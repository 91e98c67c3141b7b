// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Wants to know about the classes of the objects that slots are bound to. */
public interface ClassListener {
    /**
     * There are objects of more classes than two. Called once, by a thread that must not be kept
     * waiting.
     */
    void areMixed();
}
