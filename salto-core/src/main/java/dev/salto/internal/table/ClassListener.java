// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** Listens to the classes of bound objects. */
public interface ClassListener {
    /** There are objects of more than two classes. Called once, by a thread that must not wait. */
    void areMixed();
}
