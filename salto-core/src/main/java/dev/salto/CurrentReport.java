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

/** The state of one moment. */
record CurrentReport(
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
        Map<String, String> hardening) implements Report {
    private record FailedAttempt(String source, String location, String reason) implements Attempt {}

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
        return new CurrentReport(
                port.map(Port::architecture).orElse(System.getProperty("os.arch")),
                port.map(Port::abi).orElse("unknown"),
                Os.current().pageSize(),
                "%s %s".formatted(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")),
                nameOfLinker(),
                mechanism(image),
                image != null ? image.source() : null,
                image != null ? image.location() : null,
                tried.stream().<Attempt>map(a -> new FailedAttempt(a.source(), a.location(), a.reason())).toList(),
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
            return Mechanism.TRAMPOLINES;
        }
        return Fallback.of(null) == Fallback.UPCALL_STUBS && NativeAccess.isPossible()
                ? Mechanism.UPCALL_STUBS
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
