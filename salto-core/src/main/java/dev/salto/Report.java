// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What works in this process, how, and why not otherwise. Taken by {@link Salto#report}.
 *
 * <p>Immutable. Salto implements it. Later versions may add methods.
 */
public interface Report {
    /**
     * A place that the code could not be taken from. Salto implements it. Later versions may add
     * methods.
     */
    interface Attempt {
        /** The source, as in {@link Report#source}. */
        String source();

        /** Which file it would have been; empty if there is none. */
        String location();

        /** Why not, and what can be done about it. */
        String reason();
    }

    /** The architecture as Salto names it, or as the JVM does if Salto has no port for it. */
    String architecture();

    /** The calling convention of native code, or {@code "unknown"}. */
    String abi();

    /** The size of a page in bytes, or 0 if native code cannot be called. */
    int pageSize();

    /** Name and version of the JVM. */
    String jvm();

    /** The class of the JDK's linker, or {@code "none"} if it has none for this machine. */
    String linker();

    /** What closures are that are made now. */
    Mechanism mechanism();

    /**
     * Where the code came from: {@code property}, {@code installed}, {@code class-folder}, {@code
     * jar}, {@code memfd} or {@code file}; null if it came from nowhere.
     */
    @Nullable
    String source();

    /** Which file that is, and where in it; null if there is none. */
    @Nullable
    String location();

    /** What was tried before that, and why it was not that. */
    List<Attempt> tried();

    /**
     * Why nothing could be tried, say on a machine without a port; null if there was no such
     * problem.
     */
    @Nullable
    String problem();

    /** What closures are where static trampolines do not work, if their type does not choose. */
    Fallback fallback();

    /**
     * How many tables are mapped, except for those whose closures are all closed and that wait to
     * be used again.
     */
    long tables();

    /**
     * How many slots are taken, by closures, native bindings and raw trampolines; those of a
     * {@link TrampolineTable} are not counted.
     */
    long closures();

    /** The size of their headers, blocks and call records in bytes; all share the code. */
    long bytes();

    /** How many tables are read-only, except while Salto changes one. */
    long protectedTables();

    /** How many tables have sealed function pointers. */
    long sealedTables();

    /**
     * Whether any memory that Salto mapped is writable and executable; null if the system does not
     * show its mappings.
     */
    @Nullable
    Boolean writableExecutable();

    /**
     * What can be seen of the system's own restrictions, by name; {@code "unknown"} where it does
     * not say.
     */
    Map<String, String> hardening();
}
