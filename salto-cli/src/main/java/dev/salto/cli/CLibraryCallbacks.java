// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.ClosureType;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Functions of the C library that call closures, at their usual work. Both check the result. */
final class CLibraryCallbacks {
    private static final Linker LINKER = Linker.nativeLinker();

    private CLibraryCallbacks() {}

    /** The comparator of {@code qsort}, for an array of {@code int}. */
    interface Comparator {
        int compare(MemorySegment a, MemorySegment b);
    }

    /** The function that {@code EnumSystemLocalesEx} calls for each locale. */
    interface LocaleVisitor {
        int visit(MemorySegment name, int flags, long parameter);
    }

    /** LOCALE_NAME_MAX_LENGTH, in bytes. */
    private static final long MOST_OF_LOCALE = 85 * (long) Character.BYTES;

    /** The function that {@code nftw} calls for each file. */
    interface FileVisitor {
        int visit(MemorySegment path, MemorySegment status, int kind, MemorySegment position);
    }

    /**
     * Sorts a file's lines: {@code qsort} moves their numbers, a Java comparator looks at the
     * lines.
     *
     * @return a sentence about the result
     * @throws IOException if the file cannot be read
     * @throws IllegalStateException if the lines came out in the wrong order
     */
    static String sortLines(Path file) throws IOException {
        // Any bytes are text in this charset, so any file will do.
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        AddressLayout element = ADDRESS.withTargetLayout(JAVA_INT);
        ClosureType<Comparator> type = ClosureType.of(MethodHandles.lookup(), Comparator.class,
                FunctionDescriptor.of(JAVA_INT, element, element));
        MethodHandle qsort = link("qsort", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
        long[] calls = {0};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(JAVA_INT, IntStream.range(0, lines.size()).toArray());
            MemorySegment comparator = type.bind((a, b) -> {
                calls[0]++;
                return lines.get(a.get(JAVA_INT, 0)).compareTo(lines.get(b.get(JAVA_INT, 0)));
            }, arena);
            long start = System.nanoTime();
            qsort.invokeExact(numbers, (long) lines.size(), JAVA_INT.byteSize(), comparator);
            long nanos = System.nanoTime() - start;

            List<String> sorted = IntStream.of(numbers.toArray(JAVA_INT)).mapToObj(lines::get).toList();
            if (!sorted.equals(lines.stream().sorted().toList())) {
                throw new IllegalStateException("qsort left the lines of " + file + " in the wrong order");
            }
            return "qsort   %,d lines of %s in order after %,d callbacks, %.1f ms".formatted(lines.size(), file,
                    calls[0],
                    nanos / 1e6);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("qsort failed", e);
        }
    }

    /**
     * Walks a folder tree.
     *
     * @return a sentence about the result
     * @throws IOException if the folder cannot be read
     * @throws IllegalStateException if the C library and Java counted different files
     */
    static String walkFolder(Path folder) throws IOException {
        // <ftw.h> of Linux: FTW_F, FTW_D, FTW_PHYS
        int isFile = 0;
        int isFolder = 1;
        int doNotFollowLinks = 1;
        int openFolders = 32;
        ClosureType<FileVisitor> type = ClosureType.of(MethodHandles.lookup(), FileVisitor.class,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
        MethodHandle nftw = link("nftw", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        long[] calls = new long[8];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment visitor = type.bind((path, status, kind, position) -> {
                calls[kind]++;
                return 0;
            }, arena);
            long start = System.nanoTime();
            int result = (int) nftw.invokeExact(arena.allocateFrom(folder.toString()), visitor, openFolders,
                    doNotFollowLinks);
            long nanos = System.nanoTime() - start;

            long visited = IntStream.range(0, calls.length).mapToLong(i -> calls[i]).sum();
            long expected;
            try (var walk = Files.walk(folder)) {
                expected = walk.count();
            }
            if (result != 0 || visited != expected) {
                throw new IllegalStateException(
                        "nftw visited %d of the %d files in %s and returned %d".formatted(visited,
                                expected, folder, result));
            }
            return "nftw    %,d files and %,d folders under %s, %.1f ms".formatted(calls[isFile], calls[isFolder],
                    folder,
                    nanos / 1e6);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("nftw failed", e);
        }
    }

    /**
     * Lists the locales of Windows.
     *
     * @return a sentence about the result
     * @throws IllegalStateException if Windows fails, or names the same locale twice
     */
    static String listLocales() {
        int all = 0;
        ClosureType<LocaleVisitor> type = ClosureType.of(MethodHandles.lookup(), LocaleVisitor.class,
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
        Set<String> names = new HashSet<>();
        long[] calls = {0};
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle enumerate = LINKER.downcallHandle(
                    SymbolLookup.libraryLookup("kernel32.dll", arena).findOrThrow("EnumSystemLocalesEx"),
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS));
            MemorySegment visitor = type.bind((name, flags, parameter) -> {
                names.add(name.reinterpret(MOST_OF_LOCALE).getString(0, StandardCharsets.UTF_16LE));
                calls[0]++;
                return 1;
            }, arena);
            long start = System.nanoTime();
            int result = (int) enumerate.invokeExact(visitor, all, 0L, MemorySegment.NULL);
            long nanos = System.nanoTime() - start;
            if (result == 0 || names.isEmpty() || names.size() != calls[0]) {
                throw new IllegalStateException("EnumSystemLocalesEx called %d times with %d names and returned %d"
                        .formatted(calls[0], names.size(), result));
            }
            return "locales %,d locales of Windows, %.1f ms".formatted(calls[0], nanos / 1e6);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("EnumSystemLocalesEx failed", e);
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
