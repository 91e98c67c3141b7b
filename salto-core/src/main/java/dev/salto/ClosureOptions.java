// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.ClosureOption.Subject;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionHandling;
import dev.salto.internal.failure.ForeignThreads;
import java.lang.foreign.FunctionDescriptor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of one type. */
final class ClosureOptions {
    private static final ClosureOptions NONE = new ClosureOptions();

    private final Map<Subject, Object> values = new EnumMap<>(Subject.class);

    /** Null if nothing was chosen. */
    private final @Nullable ForeignThreads threads;

    private ClosureOptions(ClosureOption... options) {
        for (ClosureOption option : options) {
            Subject subject = Objects.requireNonNull(option, "an option is null").subject();
            if (values.put(subject, option.value()) != null) {
                throw new IllegalArgumentException(
                        "%s is given more than once; pass one option of each kind".formatted(subject));
            }
        }
        threads = threads();
    }

    private @Nullable ForeignThreads threads() {
        String prefix = (String) value(Subject.THREAD_NAMES);
        ForeignThreads.Handler firstEntry = (ForeignThreads.Handler) value(Subject.FIRST_ENTRY);
        ForeignThreads.Handler lastExit = (ForeignThreads.Handler) value(Subject.LAST_EXIT);
        return prefix == null && firstEntry == null && lastExit == null
                ? null
                : new ForeignThreads(prefix, firstEntry, lastExit);
    }

    /**
     * The options of a call interface.
     *
     * @throws IllegalArgumentException if two options are of one kind
     */
    static ClosureOptions of(ClosureOption... options) {
        Objects.requireNonNull(options, "options");
        return options.length == 0 ? NONE : new ClosureOptions(options);
    }

    /**
     * The options of a type that is no call interface.
     *
     * @param owner the type, for people
     * @throws IllegalArgumentException if two options are of one kind, or one that only call
     *     interfaces have
     */
    static ClosureOptions withoutTier(String owner, ClosureOption... options) {
        ClosureOptions all = of(options);
        for (Subject subject : new Subject[]{Subject.TIER, Subject.FIRST_VARIADIC_ARG}) {
            if (all.values.containsKey(subject)) {
                throw new IllegalArgumentException(
                        "%s is no option of %s; it is one of CallInterface.prepare".formatted(subject, owner));
            }
        }
        return all;
    }

    private @Nullable Object value(Subject subject) {
        return values.get(subject);
    }

    /** The fallback if static trampolines do not work; null if none was chosen. */
    @Nullable
    Fallback fallback() {
        return (Fallback) value(Subject.FALLBACK);
    }

    Tier tier() {
        Tier tier = (Tier) value(Subject.TIER);
        return tier == null ? Tier.AUTOMATIC : tier;
    }

    /** The index of the first variadic argument; null if the function is not variadic. */
    @Nullable
    Integer firstVariadicArg() {
        return (Integer) value(Subject.FIRST_VARIADIC_ARG);
    }

    /**
     * The settings of closures of a function.
     *
     * @param usual what holds if nothing is chosen
     * @throws IllegalArgumentException if an exception returns a value that is no result of the
     *     function
     */
    ClosureSettings settings(FunctionDescriptor function, ClosureSettings usual) {
        ClosureSettings settings = settingsOfFailures(function, usual);
        return threads == null ? settings : settings.withThreads(threads);
    }

    private ClosureSettings settingsOfFailures(FunctionDescriptor function, ClosureSettings usual) {
        ExceptionPolicy exceptions = (ExceptionPolicy) value(Subject.EXCEPTION);
        UseAfterFreePolicy chosen = (UseAfterFreePolicy) value(Subject.USE_AFTER_FREE);
        UseAfterFreePolicy useAfterFree = chosen != null ? chosen : UseAfterFreeConsumer.ofProperty();
        Boolean tracesCloses = (Boolean) value(Subject.CLOSE_TRACES);
        Boolean tracesBinds = (Boolean) value(Subject.BIND_TRACES);
        boolean knowsCall = values.containsKey(Subject.CURRENT_CALL);
        if (exceptions == null && useAfterFree == null && tracesCloses == null && tracesBinds == null && !knowsCall) {
            return usual;
        }
        return settings(exceptions == null ? usual.chosenExceptions() : exceptions.handling(function), useAfterFree,
                tracesCloses, tracesBinds, knowsCall);
    }

    /**
     * The settings that override those of all types.
     *
     * @throws IllegalArgumentException if an exception returns a value, which fits few functions,
     *     callbacks are to know their calls, or threads are named or handled
     */
    ClosureSettings overriding() {
        for (Subject subject : new Subject[]{Subject.CURRENT_CALL, Subject.THREAD_NAMES, Subject.FIRST_ENTRY,
            Subject.LAST_EXIT}) {
            if (values.containsKey(subject)) {
                throw new IllegalArgumentException(
                        "%s is no option of Salto.override; pass it where the type is made".formatted(subject));
            }
        }
        ExceptionPolicy exceptions = (ExceptionPolicy) value(Subject.EXCEPTION);
        return settings(exceptions == null ? null : exceptions.handlingOfAll(),
                (UseAfterFreePolicy) value(Subject.USE_AFTER_FREE), (Boolean) value(Subject.CLOSE_TRACES),
                (Boolean) value(Subject.BIND_TRACES), false);
    }

    private static ClosureSettings settings(@Nullable ExceptionHandling exceptions,
            @Nullable UseAfterFreePolicy useAfterFree, @Nullable Boolean tracesCloses, @Nullable Boolean tracesBinds,
            boolean knowsCall) {
        UseAfterFreeConsumer consumer = useAfterFree == null ? null : new UseAfterFreeConsumer(useAfterFree);
        return new ClosureSettings(exceptions, consumer, tracesCloses, tracesBinds, knowsCall,
                consumer == null || consumer.isBuiltIn());
    }
}
