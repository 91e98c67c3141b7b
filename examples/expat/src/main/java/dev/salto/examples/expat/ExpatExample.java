// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.expat;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Expat tells a Java object what it reads. */
public final class ExpatExample {
    private static final int XML_STATUS_OK = 1;

    /** Hears of a document's parts. An exception of it leaves {@link #parse}. */
    public interface Reader {
        /** An element begins. */
        void start(String name, Map<String, String> attributes);

        /** Text, perhaps a part of it. */
        void text(String text);

        /** An element ends. */
        void end(String name);
    }

    // Expat's callbacks. Expat's user data is not needed: the Java object has the state.

    interface StartHandler {
        void start(MemorySegment data, MemorySegment name, MemorySegment attributes);
    }

    interface EndHandler {
        void end(MemorySegment data, MemorySegment name);
    }

    interface TextHandler {
        void text(MemorySegment data, MemorySegment bytes, int length);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<StartHandler> START_HANDLER = ClosureType.of(LOOKUP, StartHandler.class);
    private static final ClosureType<EndHandler> END_HANDLER = ClosureType.of(LOOKUP, EndHandler.class);
    private static final ClosureType<TextHandler> TEXT_HANDLER = ClosureType.of(LOOKUP, TextHandler.class);

    private static final SymbolLookup EXPAT = SymbolLookup.libraryLookup("libexpat.so.1", Arena.global());
    private static final MethodHandle CREATE = link("XML_ParserCreate", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle FREE = link("XML_ParserFree", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle SET_ELEMENT_HANDLER = link("XML_SetElementHandler",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle SET_TEXT_HANDLER = link("XML_SetCharacterDataHandler",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private static final MethodHandle PARSE = link("XML_Parse",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle ERROR_CODE = link("XML_GetErrorCode", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle ERROR_STRING = link("XML_ErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final MethodHandle LINE = link("XML_GetCurrentLineNumber",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS));

    private ExpatExample() {}

    /**
     * Reads a document.
     *
     * @throws IllegalArgumentException if it is not well-formed
     */
    public static void parse(String document, Reader reader) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment start = START_HANDLER.bind(
                    (_, name, attributes) -> reader.start(string(name), attributes(attributes)), arena, "start");
            MemorySegment end = END_HANDLER.bind((_, name) -> reader.end(string(name)), arena, "end");
            MemorySegment text = TEXT_HANDLER.bind((_, bytes, length) -> reader.text(
                    new String(bytes.reinterpret(length).toArray(JAVA_BYTE), StandardCharsets.UTF_8)), arena, "text");

            MemorySegment parser = call(() -> (MemorySegment) CREATE.invokeExact(NULL));
            try {
                run(() -> {
                    SET_ELEMENT_HANDLER.invokeExact(parser, start, end);
                });
                run(() -> {
                    SET_TEXT_HANDLER.invokeExact(parser, text);
                });
                byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
                int status = call(() -> (int) PARSE.invokeExact(parser, arena.allocateFrom(JAVA_BYTE, bytes),
                        bytes.length, 1));
                if (status != XML_STATUS_OK) {
                    throw malformed(parser);
                }
            } finally {
                run(() -> {
                    FREE.invokeExact(parser);
                });
            }
        }
    }

    private static IllegalArgumentException malformed(MemorySegment parser) {
        int code = call(() -> (int) ERROR_CODE.invokeExact(parser));
        long line = call(() -> (long) LINE.invokeExact(parser));
        return new IllegalArgumentException("line %d: %s".formatted(line,
                string(call(() -> (MemorySegment) ERROR_STRING.invokeExact(code)))));
    }

    /** Names and values by turns, with NULL behind them. */
    private static Map<String, String> attributes(MemorySegment strings) {
        Map<String, String> attributes = new LinkedHashMap<>();
        MemorySegment all = strings.reinterpret(Long.MAX_VALUE);
        for (int i = 0; !all.getAtIndex(ADDRESS, i).equals(NULL); i += 2) {
            attributes.put(string(all.getAtIndex(ADDRESS, i)), string(all.getAtIndex(ADDRESS, i + 1)));
        }
        return attributes;
    }

    private static String string(MemorySegment text) {
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Calls Expat, and throws the first exception of a handler. */
    private static <R> R call(Callbacks.NativeCall<R, Throwable> function) {
        return Callbacks.callAndRethrow(RuntimeException.class, function);
    }

    private static void run(Callbacks.NativeAction<Throwable> function) {
        Callbacks.runAndRethrow(RuntimeException.class, function);
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(EXPAT.findOrThrow(name), function);
    }

    /** Prints the outline of a document. */
    public static void main(String[] arguments) {
        parse("<basket owner='Ada'><fruit weight='180'>pear</fruit><fruit weight='50'>fig</fruit></basket>",
                new Reader() {
                    private int depth;

                    @Override
                    public void start(String name, Map<String, String> attributes) {
                        System.out.println("  ".repeat(depth++) + name + " " + attributes);
                    }

                    @Override
                    public void text(String text) {
                        System.out.println("  ".repeat(depth) + text);
                    }

                    @Override
                    public void end(String name) {
                        depth--;
                    }
                });
    }
}
