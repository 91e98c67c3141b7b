// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.peers;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A library that gives Java objects native function pointers, used as its documentation shows. */
@SuppressWarnings("ImmutableEnumChecker") // the lists do not change
public enum Peer {
    /** Salto, an object for each function pointer. */
    SALTO("salto", "Salto, a Closure each"),
    /** Salto, for those who keep addresses themselves. */
    SALTO_ADDRESS("salto-address", "Salto, an address each and no object: bindAddress and closeAddress"),
    /**
     * The JDK. Stubs live as long as their arena, so that one that can be closed alone takes an
     * arena of its own.
     */
    JDK("jdk", "the JDK's upcall stubs, a confined arena each, which is the cheapest kind to close"),
    /** The JDK, for callbacks that another thread may close. */
    JDK_SHARED("jdk-shared", "the JDK's upcall stubs, a shared arena each"),
    /** Java Native Access. */
    JNA("jna", "JNA"),
    /** The foreign function interface of JRuby. */
    JNR_FFI("jnr-ffi", "jnr-ffi"),
    /**
     * The Lightweight Java Game Library: since version 3.4 its callbacks are the JDK's stubs on JDK
     * 25.
     */
    LWJGL("lwjgl", "LWJGL, whose callbacks are the JDK's upcall stubs"),
    /**
     * The same library as on older JDKs: its callbacks are closures of the libffi that it brings
     * along.
     */
    LWJGL_LIBFFI("lwjgl-libffi", "LWJGL as on older JDKs, whose callbacks are closures of its libffi",
            "-Djdk.util.jar.enableMultiRelease=false"),
    /** JavaCPP, which generates C++ code with a fixed number of functions, and has it compiled. */
    JAVACPP("javacpp", "JavaCPP, a fixed number of functions in C++ that is generated and compiled before"),
    /** A widespread libffi, without Java: its closures are in writable and executable memory. */
    LIBFFI("libffi", "closures of libffi 3.4.4, made and freed by C code, that call C code; built for this"),
    /**
     * The newest libffi, as its authors publish it: with static trampolines, which few systems'
     * libffi has.
     */
    LIBFFI_STATIC("libffi-static", "the same of the newest libffi, with static trampolines");

    private final String key;
    private final String title;
    private final List<String> jvmOptions;

    Peer(String key, String title, String... jvmOptions) {
        this.key = key;
        this.title = title;
        this.jvmOptions = List.of(jvmOptions);
    }

    /** The peer with a key, if there is one. */
    public static Optional<Peer> ofKey(String key) {
        return Arrays.stream(values()).filter(peer -> peer.key.equals(key)).findFirst();
    }

    /** Its name on the command line and in JSON. */
    public String key() {
        return key;
    }

    /** Its description, for people. */
    public String title() {
        return title;
    }

    /** The JVM options that this peer needs. */
    public List<String> jvmOptions() {
        return jvmOptions;
    }

    /**
     * Whether it is another peer but for how callbacks are made, held and closed: calls and the
     * start are the other's.
     */
    public boolean isVariant() {
        return this == SALTO_ADDRESS || this == JDK_SHARED || this == LIBFFI_STATIC;
    }

    /**
     * Makes what the peer's library needs on disk, if it is not there already. To be called before
     * the peer is used for the first time; that may be by another process.
     *
     * @param progress is told each step of what takes long
     * @throws UnsupportedOperationException if something is missing for that; the message says what
     */
    public void prepare(Consumer<String> progress) {
        if (this == JAVACPP) {
            JavaCppLibrary.build();
        } else if (this == LIBFFI) {
            LibffiLibrary.WRITABLE.build(progress);
        } else if (this == LIBFFI_STATIC) {
            LibffiLibrary.STATIC.build(progress);
        }
    }

    /**
     * Room for callbacks, none of which is open yet. Loads the peer's library.
     *
     * @param capacity how many can be open at once
     * @throws UnsupportedOperationException if the library is not there; the message says what is
     *     missing
     */
    public Callbacks<?> callbacks(int capacity) {
        return switch (this) {
            case SALTO -> new SaltoCallbacks(capacity);
            case SALTO_ADDRESS -> new SaltoAddressCallbacks(capacity);
            case JDK -> new StubCallbacks(capacity, Arena::ofConfined);
            case JDK_SHARED -> new StubCallbacks(capacity, Arena::ofShared);
            case JNA -> new JnaCallbacks(capacity);
            case JNR_FFI -> new JnrCallbacks(capacity);
            case LWJGL -> new LwjglCallbacks(capacity, true);
            case LWJGL_LIBFFI -> new LwjglCallbacks(capacity, false);
            case JAVACPP -> new JavaCppCallbacks(capacity);
            case LIBFFI -> new LibffiCallbacks(capacity, LibffiLibrary.WRITABLE);
            case LIBFFI_STATIC -> new LibffiCallbacks(capacity, LibffiLibrary.STATIC);
        };
    }

    /** The key, so that it stands in tables and messages as users write it. */
    @Override
    public String toString() {
        return key;
    }
}
