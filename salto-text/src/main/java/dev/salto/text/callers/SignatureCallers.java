// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The C functions of {@code signatures.c} and the like, which call function pointers of many types
 * with known arguments, at one level of optimisation. All methods may be called from any thread.
 */
public final class SignatureCallers {
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));

    private static final List<String> LEVELS = List.of("O0", "O2");

    /** Each library is loaded once, because a process may lose the right to load another. */
    private static final Map<String, List<SignatureCallers>> LOADED = new ConcurrentHashMap<>();

    private final String level;
    private final SymbolLookup library;

    private SignatureCallers(String source, String level) {
        this.level = level;
        library = NativeLibrary.load("-" + source + "-" + level);
    }

    /** The functions of {@code signatures.c} twice: compiled without optimisation, and with it. */
    public static List<SignatureCallers> atEachLevel() {
        return atEachLevel("signatures");
    }

    /**
     * The functions of another source twice.
     *
     * @param source its name, without {@code .c}
     */
    public static List<SignatureCallers> atEachLevel(String source) {
        return LOADED.computeIfAbsent(source,
                _ -> LEVELS.stream().map(level -> new SignatureCallers(source, level)).toList());
    }

    /** A variable or a function; empty if the compiler has no such type for this architecture. */
    public Optional<MemorySegment> find(String name) {
        return library.find(name);
    }

    /**
     * Calls one of the C functions.
     *
     * @param caller its name
     * @param callback a function pointer of the type that it calls
     * @param result the memory for its result
     * @throws java.util.NoSuchElementException if there is no such function
     */
    public void call(String caller, MemorySegment callback, MemorySegment result) {
        MemorySegment address = library.findOrThrow(caller);
        try {
            CALL.invokeExact(address, callback, result);
        } catch (Throwable e) {
            throw Callers.unexpected(e);
        }
    }

    /** The level of optimisation, as the compiler's option names it. */
    @Override
    public String toString() {
        return level;
    }
}
