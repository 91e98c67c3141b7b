// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.Convention;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.failure.ExceptionHandling;
import dev.salto.internal.os.Memory;
import dev.salto.internal.table.ExitAnswer;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the answers to calls after the JVM has ended: the value of the exception policy, or zero.
 * A call plan writes the value to a frame, and the answer has the words that are not zero.
 */
public final class ExitAnswers {
    /** More than any generic entry's frame, with the beginning of the caller's stack arguments. */
    private static final int FRAME_SIZE = 2048;

    private static final int ALIGNMENT = 16;

    /** Answers without a user's value, by their words. */
    private static final Map<List<Long>, ExitAnswer> ZEROS = new HashMap<>();

    private ExitAnswers() {}

    /** The answer of a kind with a gate. */
    public static ExitAnswer ofGate(TextIndex index, FunctionDescriptor function, ClosureSettings settings) {
        MemoryLayout result = function.returnLayout().orElse(null);
        if (value(settings) == null && (result == null || isInteger(result))) {
            return ExitAnswer.ZERO;
        }
        Convention convention = Ports.thisJvm().orElseThrow().ownConvention();
        return of(index, new CallPlan(index, convention, function, Convention.NO_DOTS), settings);
    }

    private static boolean isInteger(MemoryLayout layout) {
        return layout instanceof ValueLayout && !(layout instanceof ValueLayout.OfFloat)
                && !(layout instanceof ValueLayout.OfDouble);
    }

    /** The answer of a kind with a plan. */
    public static ExitAnswer of(TextIndex index, CallPlan plan, ClosureSettings settings) {
        if (!index.hasExit()) {
            return ExitAnswer.ZERO;
        }
        Object value = value(settings);
        if (value == null && !plan.mustReturnZero()) {
            // The frame would be zero.
            return zero(words(index, plan, List.of(), 0), 0, 0);
        }
        long size = plan.returnsInMemory() ? plan.function().returnLayout().orElseThrow().byteSize() : 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(FRAME_SIZE, ALIGNMENT);
            MemorySegment memory = arena.allocate(Math.max(size, 1), ALIGNMENT);
            List<Long> pairs = pairs(plan, value, frame.address(), memory.address());
            long[] words = words(index, plan, pairs, size);
            if (value != null) {
                return write(words, memory.address(), size, Arena.ofAuto(), true);
            }
            return zero(words, memory.address(), size);
        }
    }

    private static @Nullable Object value(ClosureSettings settings) {
        ExceptionHandling exceptions = settings.chosenExceptions();
        return exceptions == null ? null : exceptions.value();
    }

    /** The words of a frame that are not zero, each after its place. */
    private static List<Long> pairs(CallPlan plan, @Nullable Object value, long frame, long memory) {
        if (plan.returnsInMemory()) {
            Memory.setWord(frame + plan.resultPointer(), memory);
        }
        plan.returnZero(frame);
        if (value != null) {
            plan.returnBoxed(frame, value);
        }
        List<Long> pairs = new ArrayList<>();
        for (long place = 0; place < FRAME_SIZE && !plan.returnsInMemory(); place += Memory.WORD_SIZE) {
            long word = Memory.getWord(frame + place);
            if (word != 0) {
                pairs.add(place);
                pairs.add(word);
            }
        }
        return pairs;
    }

    private static long[] words(TextIndex index, CallPlan plan, List<Long> pairs, long size) {
        int head = index.exit("answer_words") / Memory.WORD_SIZE;
        long[] words = new long[head + pairs.size()];
        words[index.exit("answer_to_entry") / Memory.WORD_SIZE] = plan.answer();
        words[index.exit("answer_count") / Memory.WORD_SIZE] = pairs.size() / 2;
        words[index.exit("answer_memory") / Memory.WORD_SIZE] = size;
        if (plan.returnsInMemory()) {
            words[index.exit("answer_pointer") / Memory.WORD_SIZE] = plan.resultPointer();
            words[index.exit("answer_result") / Memory.WORD_SIZE] = plan.firstResult();
        }
        for (int i = 0; i < pairs.size(); i++) {
            words[head + i] = pairs.get(i);
        }
        return words;
    }

    private static ExitAnswer zero(long[] words, long memory, long size) {
        List<Long> key = new ArrayList<>();
        boolean isZero = true;
        for (long word : words) {
            key.add(word);
            isZero &= word == 0;
        }
        if (isZero) {
            return ExitAnswer.ZERO;
        }
        synchronized (ZEROS) {
            ExitAnswer known = ZEROS.get(key);
            if (known == null) {
                known = write(words, memory, size, Arena.global(), false);
                ZEROS.put(key, known);
            }
            return known;
        }
    }

    private static ExitAnswer write(long[] words, long memory, long size, Arena arena, boolean isKept) {
        long head = (long) words.length * Memory.WORD_SIZE;
        MemorySegment answer = arena.allocate(head + size, Memory.WORD_SIZE);
        Memory.setWords(answer.address(), words);
        Memory.copy(memory, answer.address() + head, size);
        return new ExitAnswer(answer.address(), isKept ? answer : null);
    }
}
