// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples.pulseaudio;

import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.salto.Callbacks;
import dev.salto.ClosureType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;

/** PulseAudio asks Java for the samples of a tone. For one thread. */
public final class PulseaudioExample {
    private static final int PA_SAMPLE_FLOAT32LE = 5;
    private static final int PA_CONTEXT_NOAUTOSPAWN = 1;
    private static final int PA_CONTEXT_READY = 4;
    private static final int PA_CONTEXT_FAILED = 5;
    private static final int PA_STREAM_FAILED = 3;
    private static final int RATE = 44_100;
    private static final double HERTZ = 440;

    // PulseAudio's callbacks. A size_t is a long on 64-bit systems.

    interface StateCallback {
        void changed(MemorySegment contextOrStream, MemorySegment data) throws Throwable;
    }

    interface RequestCallback {
        void write(MemorySegment stream, long bytes, MemorySegment data) throws Throwable;
    }

    interface SuccessCallback {
        void done(MemorySegment stream, int success, MemorySegment data) throws Throwable;
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<StateCallback> STATE = ClosureType.of(LOOKUP, StateCallback.class);
    private static final ClosureType<RequestCallback> REQUEST = ClosureType.of(LOOKUP, RequestCallback.class);
    private static final ClosureType<SuccessCallback> SUCCESS = ClosureType.of(LOOKUP, SuccessCallback.class);

    /** {@code pa_sample_spec}. */
    private static final MemoryLayout SAMPLE_SPEC = MemoryLayout.structLayout(JAVA_INT.withName("format"),
            JAVA_INT.withName("rate"), JAVA_BYTE.withName("channels"), MemoryLayout.paddingLayout(3));

    private static final SymbolLookup PULSE = SymbolLookup.libraryLookup("libpulse.so.0", Arena.global());
    private static final MethodHandle LOOP_NEW = link("pa_mainloop_new", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle LOOP_API = link("pa_mainloop_get_api", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle LOOP_RUN = link("pa_mainloop_run",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle LOOP_QUIT = link("pa_mainloop_quit",
            FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    private static final MethodHandle LOOP_FREE = link("pa_mainloop_free", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle CONTEXT_NEW = link("pa_context_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle CONTEXT_ON_STATE = link("pa_context_set_state_callback",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle CONTEXT_CONNECT = link("pa_context_connect",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle CONTEXT_STATE = link("pa_context_get_state",
            FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle CONTEXT_DISCONNECT = link("pa_context_disconnect",
            FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle CONTEXT_UNREF = link("pa_context_unref", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle STREAM_NEW = link("pa_stream_new",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle STREAM_ON_STATE = link("pa_stream_set_state_callback",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle STREAM_STATE = link("pa_stream_get_state",
            FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle STREAM_ON_REQUEST = link("pa_stream_set_write_callback",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle STREAM_PLAY = link("pa_stream_connect_playback",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle STREAM_WRITE = link("pa_stream_write",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle STREAM_DRAIN = link("pa_stream_drain",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle STREAM_UNREF = link("pa_stream_unref", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle OPERATION_UNREF = link("pa_operation_unref", FunctionDescriptor.ofVoid(ADDRESS));

    /** Lives longer than loop, context and stream, which hold the function pointers in it. */
    private final Arena arena;
    private final MemorySegment loop;
    private final MemorySegment context;
    private final MemorySegment finished;
    private final int samples;
    private int written;
    private MemorySegment stream = NULL;

    private PulseaudioExample(Arena arena, double seconds) throws Throwable {
        this.arena = arena;
        samples = (int) (seconds * RATE);
        loop = (MemorySegment) LOOP_NEW.invokeExact();
        context = (MemorySegment) CONTEXT_NEW.invokeExact((MemorySegment) LOOP_API.invokeExact(loop),
                arena.allocateFrom("Salto"));
        finished = SUCCESS.bind((_, _, _) -> quit(0), arena, "end of the tone");
    }

    /**
     * Plays a tone of 440 Hz. With 0 seconds, it only connects to the server.
     *
     * @return the number of samples that PulseAudio has played
     * @throws IllegalStateException if there is no sound here
     */
    public static int play(double seconds) {
        return Callbacks.callAndRethrow(RuntimeException.class, () -> {
            try (Arena arena = Arena.ofConfined()) {
                return new PulseaudioExample(arena, seconds).play();
            }
        });
    }

    /** {@return whether a server of PulseAudio answers here} */
    public static boolean hasSound() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        // Without a server, libpulse would leave files behind.
        if (System.getenv("PULSE_SERVER") == null
                && (runtime == null || !Files.exists(Path.of(runtime, "pulse", "native")))) {
            return false;
        }
        try {
            return play(0) == 0;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private int play() throws Throwable {
        try {
            CONTEXT_ON_STATE.invokeExact(context, STATE.bind((_, _) -> contextChanged(), arena, "context"), NULL);
            int connecting = (int) CONTEXT_CONNECT.invokeExact(context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL);
            if (connecting < 0 || run() < 0) {
                throw new IllegalStateException("there is no sound: PulseAudio's server does not answer");
            }
            return written;
        } finally {
            free();
        }
    }

    /** Runs PulseAudio's loop until {@link #quit}, and throws an exception of a callback. */
    private int run() {
        MemorySegment result = arena.allocate(JAVA_INT);
        int _ = Callbacks.callAndRethrow(RuntimeException.class, () -> (int) LOOP_RUN.invokeExact(loop, result));
        return result.get(JAVA_INT, 0);
    }

    private void quit(int result) throws Throwable {
        LOOP_QUIT.invokeExact(loop, result);
    }

    private void contextChanged() throws Throwable {
        int state = (int) CONTEXT_STATE.invokeExact(context);
        if (state == PA_CONTEXT_READY && samples == 0) {
            quit(0);
        } else if (state == PA_CONTEXT_READY) {
            startStream();
        } else if (state == PA_CONTEXT_FAILED) {
            quit(-1);
        }
    }

    private void startStream() throws Throwable {
        MemorySegment spec = arena.allocate(SAMPLE_SPEC);
        spec.set(JAVA_INT, 0, PA_SAMPLE_FLOAT32LE);
        spec.set(JAVA_INT, 4, RATE);
        spec.set(JAVA_BYTE, 8, (byte) 1);
        stream = (MemorySegment) STREAM_NEW.invokeExact(context, arena.allocateFrom("tone"), spec, NULL);
        STREAM_ON_STATE.invokeExact(stream, STATE.bind((_, _) -> streamChanged(), arena, "stream"), NULL);
        STREAM_ON_REQUEST.invokeExact(stream, REQUEST.bind((_, bytes, _) -> write(bytes), arena, "samples"), NULL);
        if ((int) STREAM_PLAY.invokeExact(stream, NULL, NULL, 0, NULL, NULL) < 0) {
            quit(-1);
        }
    }

    private void streamChanged() throws Throwable {
        if ((int) STREAM_STATE.invokeExact(stream) == PA_STREAM_FAILED) {
            quit(-1);
        }
    }

    /** Answers a request: the next samples, and after the last ones a wait until all are played. */
    private void write(long bytes) throws Throwable {
        int count = (int) Math.min(bytes / JAVA_FLOAT.byteSize(), samples - written);
        if (count == 0) {
            return;
        }
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment tone = memory.allocate(JAVA_FLOAT, count);
            for (int i = 0; i < count; i++) {
                double angle = 2 * Math.PI * HERTZ * (written + i) / RATE;
                tone.setAtIndex(JAVA_FLOAT, i, (float) (0.2 * Math.sin(angle)));
            }
            // PulseAudio copies the samples.
            if ((int) STREAM_WRITE.invokeExact(stream, tone, tone.byteSize(), NULL, 0L, 0) < 0) {
                quit(-1);
                return;
            }
        }
        written += count;
        if (written == samples) {
            MemorySegment operation = (MemorySegment) STREAM_DRAIN.invokeExact(stream, finished, NULL);
            OPERATION_UNREF.invokeExact(operation);
        }
    }

    private void free() throws Throwable {
        CONTEXT_ON_STATE.invokeExact(context, NULL, NULL);
        if (!stream.equals(NULL)) {
            STREAM_ON_STATE.invokeExact(stream, NULL, NULL);
            STREAM_UNREF.invokeExact(stream);
        }
        CONTEXT_DISCONNECT.invokeExact(context);
        CONTEXT_UNREF.invokeExact(context);
        LOOP_FREE.invokeExact(loop);
    }

    private static MethodHandle link(String name, FunctionDescriptor function) {
        return Linker.nativeLinker().downcallHandle(PULSE.findOrThrow(name), function);
    }

    /** Plays for a second. */
    public static void main(String[] arguments) {
        System.out.println("samples played: " + play(1));
    }
}
