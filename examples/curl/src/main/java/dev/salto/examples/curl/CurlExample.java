// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.curl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.sun.net.httpserver.HttpServer;
import dev.salto.Callbacks;
import dev.salto.ClosureType;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** libcurl hands Java what it receives, and tells it what it does. */
public final class CurlExample {
    private static final int CURLE_OK = 0;
    private static final int CURLOPT_VERBOSE = 41;
    private static final int CURLOPT_NOSIGNAL = 99;
    private static final int CURLOPT_URL = 10_002;
    private static final int CURLOPT_NOPROXY = 10_177;
    private static final int CURLOPT_WRITEFUNCTION = 20_011;
    private static final int CURLOPT_DEBUGFUNCTION = 20_094;

    // libcurl's callbacks. A size_t is a long on 64-bit systems.

    interface WriteFunction {
        long write(MemorySegment bytes, long size, long count, MemorySegment data) throws IOException;
    }

    interface DebugFunction {
        int debug(MemorySegment handle, int type, MemorySegment text, long size, MemorySegment data);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<WriteFunction> WRITE_FUNCTION = ClosureType.of(LOOKUP, WriteFunction.class);
    private static final ClosureType<DebugFunction> DEBUG_FUNCTION = ClosureType.of(LOOKUP, DebugFunction.class);

    private static final SymbolLookup CURL = SymbolLookup.libraryLookup("libcurl.so.4", Arena.global());
    private static final MethodHandle INIT = link("curl_easy_init", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle PERFORM = link("curl_easy_perform", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CLEANUP = link("curl_easy_cleanup", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle ERROR = link("curl_easy_strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    // curl_easy_setopt(handle, option, ...)
    private static final MethodHandle SET_POINTER = link("curl_easy_setopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SET_LONG = link("curl_easy_setopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG), Linker.Option.firstVariadicArg(2));

    private CurlExample() {}

    /**
     * Fetches a document.
     *
     * @param url where it is
     * @param body gets the document. An exception of it ends the transfer and leaves this method
     * @param log gets each line of what libcurl says, sends and receives, except for the document
     */
    public static void fetch(String url, OutputStream body, Consumer<String> log) throws IOException {
        // libcurl calls the debug function until its handle is freed, so the arena lives longer.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment write = WRITE_FUNCTION.bind((bytes, size, count, _) -> {
                body.write(bytes.reinterpret(size * count).toArray(JAVA_BYTE));
                return size * count;
            }, arena, "document of " + url);
            MemorySegment debug = DEBUG_FUNCTION.bind((_, type, text, size, _) -> {
                if (type <= 2) { // 0: libcurl's own words, 1 and 2: headers
                    String words = new String(text.reinterpret(size).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1);
                    words.lines().forEach(line -> log.accept("*<>".charAt(type) + " " + line));
                }
                return 0;
            }, arena, "log of " + url);

            MemorySegment handle = call(() -> (MemorySegment) INIT.invokeExact());
            try {
                set(handle, CURLOPT_URL, arena.allocateFrom(url));
                set(handle, CURLOPT_NOPROXY, arena.allocateFrom("localhost,127.0.0.1"));
                set(handle, CURLOPT_WRITEFUNCTION, write);
                set(handle, CURLOPT_DEBUGFUNCTION, debug);
                set(handle, CURLOPT_VERBOSE, 1);
                set(handle, CURLOPT_NOSIGNAL, 1);
                // After an exception, libcurl gets 0, the number of bytes, and ends the transfer.
                check(Callbacks.callAndRethrow(IOException.class, () -> (int) PERFORM.invokeExact(handle)));
            } finally {
                Callbacks.runAndRethrow(RuntimeException.class, () -> {
                    CLEANUP.invokeExact(handle);
                });
            }
        }
    }

    private static void set(MemorySegment handle, int option, MemorySegment value) throws IOException {
        check(call(() -> (int) SET_POINTER.invokeExact(handle, option, value)));
    }

    private static void set(MemorySegment handle, int option, long value) throws IOException {
        check(call(() -> (int) SET_LONG.invokeExact(handle, option, value)));
    }

    private static void check(int code) throws IOException {
        if (code != CURLE_OK) {
            MemorySegment message = call(() -> (MemorySegment) ERROR.invokeExact(code));
            throw new IOException("libcurl: " + message.reinterpret(Long.MAX_VALUE).getString(0));
        }
    }

    /** Calls libcurl. Method handles declare Throwable, and C functions throw nothing. */
    private static <R> R call(Callbacks.NativeCall<R, Throwable> function) {
        return Callbacks.callAndRethrow(RuntimeException.class, function);
    }

    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(CURL.findOrThrow(name), function, options);
    }

    /** Fetches the URL that is given, or a document of a server in this process. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            fetch(arguments[0], System.out, System.out::println);
            return;
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] greeting = "Hello from Java, by way of libcurl\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, greeting.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(greeting);
            }
        });
        server.start();
        try {
            fetch("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()), System.out, System.out::println);
        } finally {
            server.stop(0);
        }
    }
}
