// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.table.Kind;
import dev.salto.internal.table.OpenSlots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Open closures of one type, with the same label, that were bound at the same place. If a program
 * forgets closures, their count grows. {@link Salto#openClosures} and
 * {@link ClosureType#openClosures} list them.
 *
 * <p>Immutable.
 */
public final class OpenClosures {
    /** The number of groups in a message. */
    private static final int MOST_IN_MESSAGE = 10;

    private final OpenSlots.Group group;

    private OpenClosures(OpenSlots.Group group) {
        this.group = group;
    }

    /** The open closures of a kind, or all if it is null, the largest group first. */
    static List<OpenClosures> list(@Nullable Kind kind) {
        List<OpenClosures> all = new ArrayList<>();
        for (OpenSlots.Group group : OpenSlots.list(kind)) {
            all.add(new OpenClosures(group));
        }
        return List.copyOf(all);
    }

    /**
     * Refuses open closures.
     *
     * @throws IllegalStateException if there are any
     */
    static void requireNone(List<OpenClosures> open) {
        if (open.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder("open closures: %d; close them, or bind them with an arena:"
                .formatted(open.stream().mapToLong(OpenClosures::count).sum()));
        open.stream().limit(MOST_IN_MESSAGE).forEach(each -> text.append("\n  ").append(each));
        if (open.size() > MOST_IN_MESSAGE) {
            text.append("\n  and %d more of these lists".formatted(open.size() - MOST_IN_MESSAGE));
        }
        throw new IllegalStateException(text.toString());
    }

    /**
     * {@return the type of the closures: the name of their interface, and the C function's type}
     */
    public String type() {
        return group.type();
    }

    /** {@return their label; empty if they have none} */
    public Optional<String> label() {
        return Optional.ofNullable(group.label());
    }

    /** {@return their number, at least one} */
    public long count() {
        return group.count();
    }

    /**
     * Returns the function pointer of one of them, which may be closed meanwhile.
     *
     * @return its address
     */
    public long exampleAddress() {
        return group.address();
    }

    /**
     * {@return the stack trace of binding them, from the caller of Salto on, innermost first; empty
     * if it was not {@linkplain ClosureOption#traceBinds traced}} Unmodifiable.
     */
    public List<StackTraceElement> boundAt() {
        return group.boundAt();
    }

    /** Returns a text for a log: a line, and one more for each frame of {@link #boundAt}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%d of %s".formatted(count(), type()));
        label().ifPresent(label -> text.append(", labelled \"").append(label).append('"'));
        text.append(", such as 0x").append(Long.toHexString(exampleAddress()));
        boundAt().forEach(frame -> text.append("\n\tat ").append(frame));
        return text.toString();
    }
}
