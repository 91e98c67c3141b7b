// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of Salto in this process, from {@link Salto#report}.
 *
 * <p>Immutable. Salto implements it. Later versions may add methods.
 */
public interface Report {
    /**
     * A failed attempt to take the code from a place. Salto implements it. Later versions may add
     * methods.
     */
    interface Attempt {
        /** {@return the source, as in {@link Report#source}} */
        String source();

        /** {@return the file; empty if there is none} */
        String location();

        /** {@return the failure, and its remedy} */
        String reason();
    }

    /** {@return Salto's name of the architecture, or the JVM's if Salto has no port for it} */
    String architecture();

    /** {@return the calling convention of native code, or {@code "unknown"}} */
    String abi();

    /** {@return the size of a page in bytes, or 0 if Salto cannot ask the system} */
    int pageSize();

    /** {@return name and version of the JVM} */
    String jvm();

    /**
     * {@return the class of the JDK's linker, or {@code "none"} if it has none for this machine}
     */
    String linker();

    /** {@return the mechanism of new closures} */
    Mechanism mechanism();

    /**
     * {@return the source of the code: {@code property}, {@code installed}, {@code class-folder},
     * {@code jar}, {@code memfd} or {@code file}; null if there is none}
     */
    @Nullable
    String source();

    /** {@return the file, and the place in it; null if there is none} */
    @Nullable
    String location();

    /** {@return the failed attempts before, with their reasons} */
    List<Attempt> tried();

    /**
     * {@return the reason why no source could be tried, for example on a machine without a port;
     * null if there was none}
     */
    @Nullable
    String problem();

    /** {@return the fallback of types without a choice of their own} */
    Fallback fallback();

    /**
     * {@return the number of mapped tables, without those whose closures are all closed and that
     * wait for reuse}
     */
    long tables();

    /**
     * {@return the number of slots of closures, native bindings and raw trampolines, without those
     * of a {@link TrampolineTable}}
     */
    long closures();

    /**
     * {@return the size of the tables' headers, blocks and call records in bytes} All tables share
     * the code.
     */
    long bytes();

    /** {@return the number of tables that are read-only, except while Salto changes one} */
    long protectedTables();

    /** {@return the number of tables with sealed function pointers} */
    long sealedTables();

    /**
     * {@return whether any memory of Salto is writable and executable; null if the system does not
     * show its mappings}
     */
    @Nullable
    Boolean writableExecutable();

    /**
     * {@return the visible restrictions of the system, by name; {@code "unknown"} if the system
     * hides one}
     */
    Map<String, String> hardening();
}
