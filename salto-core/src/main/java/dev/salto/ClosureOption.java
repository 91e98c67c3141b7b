// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ForeignThreads;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A choice for the closures of a type, passed where the type is made: to {@link ClosureType#of},
 * {@link CallInterface#prepare} or {@link StaticLinker#nativeLinker}. {@link Salto#override} makes
 * the same choices for all types of the process, and comes first.
 *
 * {@snippet :
 * ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, function,
 *         ClosureOption.onException(ExceptionPolicy.returnValue(-1)),
 *         ClosureOption.onUseAfterFree(UseAfterFreePolicy.THROW));
 * }
 *
 * <p>The first of these that makes a choice applies:
 *
 * <table>
 * <caption>Precedence of choices</caption>
 * <tr><th>option</th><th>1. the application</th><th>2. the type</th><th>3. the system
 * property</th><th>4. the default</th></tr>
 * <tr><td>{@link #onException}</td><td>{@link Salto#override}, except for {@link
 * ExceptionPolicy#returnValue}</td><td>yes</td>
 * <td>none</td><td>{@link ExceptionPolicy#returnZero}; {@link ExceptionPolicy#endProcess} for a
 * {@link StaticLinker}</td></tr>
 * <tr><td>{@link #onUseAfterFree}</td><td>{@code Salto.override}</td><td>yes</td>
 * <td>{@code dev.salto.use-after-free}</td><td>{@link UseAfterFreePolicy#LOG}</td></tr>
 * <tr><td>{@link #traceCloses}</td><td>{@code Salto.override}</td><td>yes</td><td>{@code
 * dev.salto.trace.close}</td><td>no traces</td></tr>
 * <tr><td>{@link #traceBinds}</td><td>{@code Salto.override}</td><td>yes</td><td>{@code
 * dev.salto.trace.bind}</td><td>no traces</td></tr>
 * <tr><td>{@link #currentCall}</td><td>no</td><td>yes</td><td>none</td><td>calls are not
 * known</td></tr>
 * <tr><td>{@link #fallback}</td><td>{@code Salto.override}</td><td>yes</td><td>{@code
 * dev.salto.fallback}</td><td>{@link Fallback#NONE}; {@link Fallback#UPCALL_STUBS} where Salto has no
 * port</td></tr>
 * <tr><td>{@link #threadNames}, {@link #onFirstEntry}, {@link
 * #onLastExit}</td><td>no</td><td>yes</td><td>none</td><td>the JVM's names, no handler</td></tr>
 * <tr><td>{@link #tier}</td><td>no</td><td>call interfaces</td><td>none</td><td>{@link
 * Tier#AUTOMATIC}</td></tr>
 * <tr><td>{@link #firstVariadicArg}</td><td>no</td><td>call interfaces</td><td>none</td><td>not
 * variadic</td></tr>
 * </table>
 *
 * <p>Options are immutable.
 */
public final class ClosureOption {
    /** The subject of an option. */
    enum Subject {
        EXCEPTION("onException"), USE_AFTER_FREE("onUseAfterFree"), CLOSE_TRACES("traceCloses"), BIND_TRACES(
                "traceBinds"), CURRENT_CALL("currentCall"), FALLBACK(
                        "fallback"), THREAD_NAMES("threadNames"), FIRST_ENTRY("onFirstEntry"), LAST_EXIT(
                                "onLastExit"), TIER("tier"), FIRST_VARIADIC_ARG("firstVariadicArg");

        private final String method;

        Subject(String method) {
            this.method = method;
        }

        /** The name of the method that makes the option. */
        @Override
        public String toString() {
            return "ClosureOption." + method;
        }
    }

    private final Subject subject;
    private final Object value;

    private ClosureOption(Subject subject, Object value) {
        this.subject = subject;
        this.value = value;
    }

    /**
     * Sets the policy for exceptions that leave a callback.
     *
     * @param policy the policy
     * @return the option
     */
    public static ClosureOption onException(ExceptionPolicy policy) {
        return new ClosureOption(Subject.EXCEPTION, Objects.requireNonNull(policy, "policy"));
    }

    /**
     * Sets the policy for native calls of closed closures.
     *
     * @param policy the policy
     * @return the option
     */
    public static ClosureOption onUseAfterFree(UseAfterFreePolicy policy) {
        return new ClosureOption(Subject.USE_AFTER_FREE, Objects.requireNonNull(policy, "policy"));
    }

    /**
     * Sets whether each {@code close()} records a stack trace, for {@link UseAfterFree#closedAt}.
     * A trace makes closing some hundred times slower, and takes some kilobytes until its function
     * pointer is used and closed again.
     *
     * <p>Types that are made with it also know the native caller, for {@link
     * UseAfterFree#returnAddress}. Their closures have no gate, unless {@link Tier#GATE} asks for
     * one, so a call takes about ten times as long.
     *
     * @param traces whether later closes are traced
     * @return the option
     */
    public static ClosureOption traceCloses(boolean traces) {
        return new ClosureOption(Subject.CLOSE_TRACES, traces);
    }

    /**
     * Decides whether a stack trace is recorded whenever a closure is bound, for
     * {@link OpenClosures#boundAt}. A trace makes binding some hundred times slower, and takes some
     * kilobytes until its function pointer is used again. An override applies to types that are
     * made after it.
     *
     * @param traces whether closures of the type are traced when they are bound
     * @return the option
     */
    public static ClosureOption traceBinds(boolean traces) {
        return new ClosureOption(Subject.BIND_TRACES, traces);
    }

    /**
     * Gives callbacks access to the native call that they answer, by {@link CurrentCall}: to its
     * {@code errno}, and to a native function to leave by. Handlers that get {@link Arguments} have
     * it without this option.
     *
     * <p>Closures of such types have no gate, so a call takes about ten times as long. The option
     * is not for {@link Tier#GATE} and {@linkplain Mechanism#UPCALL_STUBS upcall stubs}.
     *
     * @return the option
     */
    public static ClosureOption currentCall() {
        return new ClosureOption(Subject.CURRENT_CALL, true);
    }

    /**
     * Sets the fallback if static trampolines do not work.
     *
     * @param fallback the fallback
     * @return the option
     */
    public static ClosureOption fallback(Fallback fallback) {
        return new ClosureOption(Subject.FALLBACK, Objects.requireNonNull(fallback, "fallback"));
    }

    /**
     * Sets the names of <em>foreign threads</em>: threads that native code has made. The JVM calls
     * such a thread {@code Thread-} and a number. With this option it is called {@code prefix} and
     * the number, from its first call of a closure with the option on. A thread that has another
     * name keeps it.
     *
     * <p>A thread is foreign if its stack has no other Java frames than the callback's, at its
     * first call of a closure with the option. Java code that was below them would be that of a
     * thread that Java has made. Threads that native code has attached by JNI are foreign, too.
     *
     * <p>Each call of a closure with this option, {@link #onFirstEntry} or {@link #onLastExit}
     * takes a few nanoseconds longer.
     *
     * @param prefix the beginning of the names, for example {@code "audio-"}
     * @return the option
     */
    public static ClosureOption threadNames(String prefix) {
        return new ClosureOption(Subject.THREAD_NAMES, Objects.requireNonNull(prefix, "prefix"));
    }

    /**
     * Sets a handler for the first entry of a {@linkplain #threadNames foreign thread}. The thread
     * itself calls it at its first call of a closure with this option, before the callback. It is
     * called once for each thread, also if several types have the option.
     *
     * <p>On i386, Arm and LoongArch, the JDK attaches and detaches a foreign thread for each call.
     * There each call is a first entry, and a last exit.
     *
     * @param handler gets the thread. Its exceptions go to the thread's uncaught-exception handler,
     *     or are logged, and the callback follows
     * @return the option
     */
    public static ClosureOption onFirstEntry(Consumer<? super Thread> handler) {
        return new ClosureOption(Subject.FIRST_ENTRY,
                new ForeignThreads.Handler(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * Sets a handler for the last exit of a {@linkplain #threadNames foreign thread}. The JVM
     * detaches such a thread when it ends. No Java code can run on it then. So a virtual thread
     * waits for its end, and calls the handler some time after that. The native thread may still
     * run destructors of its own. The handler is not called for threads that end with the process.
     *
     * @param handler gets the thread, which has ended; called once for each thread that has called
     *     a closure with this option. Its exceptions are handled as those of {@link #onFirstEntry}
     * @return the option
     */
    public static ClosureOption onLastExit(Consumer<? super Thread> handler) {
        return new ClosureOption(Subject.LAST_EXIT,
                new ForeignThreads.Handler(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * Sets the tier of a {@link CallInterface}.
     *
     * @param tier the tier
     * @return the option, for call interfaces only
     */
    public static ClosureOption tier(Tier tier) {
        return new ClosureOption(Subject.TIER, Objects.requireNonNull(tier, "tier"));
    }

    /**
     * Makes a {@link CallInterface} the type of a variadic function that is called with certain
     * arguments. The descriptor has all of them. C passes no {@code float} and no integer shorter
     * than {@code int} as a variadic argument.
     *
     * @param index the index of the first variadic argument; the number of arguments if none is
     *     variadic in these calls
     * @return the option, for call interfaces only
     * @see java.lang.foreign.Linker.Option#firstVariadicArg
     */
    public static ClosureOption firstVariadicArg(int index) {
        return new ClosureOption(Subject.FIRST_VARIADIC_ARG, index);
    }

    Subject subject() {
        return subject;
    }

    Object value() {
        return value;
    }

    @Override
    public String toString() {
        return "%s(%s)".formatted(subject, value);
    }
}
