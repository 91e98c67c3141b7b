// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.os.Os;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.TableState;
import dev.salto.internal.table.Tables;
import dev.salto.internal.text.TextAttempt;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import java.lang.foreign.Linker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What works in this process, how, and why not otherwise. Taken by {@link Salto#report}.
 *
 * @param architecture the architecture as Salto names it, or as the JVM does if Salto has no port
 *     for it
 * @param abi the calling convention of native code, or {@code "unknown"}
 * @param pageSize the size of a page in bytes, or 0 if native code cannot be called
 * @param jvm name and version of the JVM
 * @param linker the class of the JDK's linker, or {@code "none"} if it has none for this machine
 * @param mechanism what closures are that are made now
 * @param source where the code came from: {@code property}, {@code installed}, {@code
 *     class-folder}, {@code jar}, {@code memfd} or {@code file}; null if it came from nowhere
 * @param location which file that is, and where in it; null if there is none
 * @param tried what was tried before that, and why it was not that
 * @param problem why nothing could be tried, say on a machine without a port; null if there was no
 *     such problem
 * @param fallback what closures are where static trampolines do not work, if their type does not choose
 * @param tables how many tables are mapped, except for those whose closures are all closed and that
 *     wait to be used again
 * @param closures how many slots are taken, by closures, native bindings and raw trampolines; those
 *     of a {@link TrampolineTable} are not counted
 * @param bytes the size of their headers, blocks and call records in bytes; all share the code
 * @param protectedTables how many tables are read-only, except while Salto changes one
 * @param sealedTables how many tables have sealed function pointers
 * @param writableExecutable whether any memory that Salto mapped is writable and executable; null
 *     if the system does not show its mappings
 * @param hardening what can be seen of the system's own restrictions, by name; {@code "unknown"}
 *     where it does not say
 */
public record Report(
        String architecture,
        String abi,
        int pageSize,
        String jvm,
        String linker,
        Mechanism mechanism,
        @Nullable String source,
        @Nullable String location,
        List<Attempt> tried,
        @Nullable String problem,
        Fallback fallback,
        long tables,
        long closures,
        long bytes,
        long protectedTables,
        long sealedTables,
        @Nullable Boolean writableExecutable,
        Map<String, String> hardening) {

    /**
     * A place that the code could not be taken from.
     *
     * @param source the source, as in {@link Report#source}
     * @param location which file it would have been; empty if there is none
     * @param reason why not, and what can be done about it
     */
    public record Attempt(String source, String location, String reason) {}

    static Report take() {
        Optional<Port> port = Ports.thisJvm();
        TextImage image = null;
        List<TextAttempt> tried = List.of();
        String problem = null;
        try {
            image = TextImage.get();
            tried = image.tried();
        } catch (TextImageException e) {
            tried = e.tried();
            problem = tried.isEmpty() ? e.getMessage() : null;
        } catch (IllegalCallerException e) {
            problem = e.getMessage();
        }
        List<TableState> mapped = Tables.states();
        List<TableState> tables = mapped.stream().filter(table -> !table.isEmpty()).toList();
        return new Report(
                port.map(Port::architecture).orElse(System.getProperty("os.arch")),
                port.map(Port::abi).orElse("unknown"),
                Os.current().pageSize(),
                "%s %s".formatted(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")),
                nameOfLinker(),
                mechanism(image),
                image != null ? image.source() : null,
                image != null ? image.location() : null,
                tried.stream().map(a -> new Attempt(a.source(), a.location(), a.reason())).toList(),
                problem,
                Fallback.of(null),
                tables.size(),
                KindSlots.turnoverOfAll().used() + Gate.stubsInUse(),
                tables.stream().mapToLong(TableState::dataSize).sum(),
                tables.stream().filter(TableState::isReadOnly).count(),
                tables.stream().filter(TableState::isSealed).count(),
                image != null ? writableExecutable(image, mapped) : Boolean.FALSE,
                Os.current().restrictions());
    }

    private static String nameOfLinker() {
        try {
            return Linker.nativeLinker().getClass().getSimpleName();
        } catch (UnsupportedOperationException e) {
            return "none";
        }
    }

    private static Mechanism mechanism(@Nullable TextImage image) {
        if (image != null) {
            return Mechanism.STATIC;
        }
        return Fallback.of(null) == Fallback.UPCALL_STUBS && NativeAccess.isPossible()
                ? Mechanism.DYNAMIC
                : Mechanism.NONE;
    }

    private static @Nullable Boolean writableExecutable(TextImage image, List<TableState> tables) {
        List<MemoryRange> memory = new ArrayList<>();
        memory.add(new MemoryRange(image.code().address(), image.code().byteSize()));
        for (TableState table : tables) {
            memory.add(new MemoryRange(table.code(), table.codeSize()));
            memory.add(new MemoryRange(table.data(), table.dataSize()));
        }
        return Os.current().isAnyWritableAndExecutable(memory).orElse(null);
    }
}
