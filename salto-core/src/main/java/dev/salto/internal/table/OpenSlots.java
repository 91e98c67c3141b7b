// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the closures that are open, by a walk through all tables: nothing is counted before anybody
 * asks. For any thread. Closures that are bound or closed meanwhile may be found or not.
 */
public final class OpenSlots {
    private static final Reporter REPORTER = new Reporter();

    private OpenSlots() {}

    /**
     * Open closures that have all this in common.
     *
     * @param type what they are, for people
     * @param label null if they have none
     * @param boundAt where they were bound, innermost first; empty if that was not traced
     * @param count how many there are
     * @param address the function pointer of one of them
     */
    public record Group(String type, @Nullable String label, List<StackTraceElement> boundAt, long count,
            long address) {
        /** Makes the list unmodifiable. */
        public Group {
            boundAt = List.copyOf(boundAt);
        }
    }

    private record Key(String type, @Nullable String label, List<StackTraceElement> boundAt) {}

    private static final class Count {
        private final long address;
        private long count;

        Count(long address) {
            this.address = address;
        }
    }

    /**
     * All that are open, the largest group first.
     *
     * @param kind whose closures; null for those of all kinds
     */
    public static List<Group> list(@Nullable Kind kind) {
        Map<Kind, String> types = new HashMap<>();
        Map<Key, Count> counts = new HashMap<>();
        for (Table table : Tables.all()) {
            if (table != null && !table.isEmptied()) {
                count(table, kind, types, counts);
            }
        }
        List<Group> groups = new ArrayList<>();
        counts.forEach((key, count) -> groups
                .add(new Group(key.type(), key.label(), key.boundAt(), count.count, count.address)));
        groups.sort(Comparator.comparingLong(Group::count).reversed().thenComparing(Group::type)
                .thenComparingLong(Group::address));
        return groups;
    }

    private static void count(Table table, @Nullable Kind kind, Map<Kind, String> types, Map<Key, Count> counts) {
        int first = Tables.id(table.number(), 0);
        @Nullable
        Object[] targets = Tables.targets(first);
        for (int slot = 0; slot < table.capacity(); slot++) {
            int id = first + slot;
            // A plain load comes first, because an interpreter takes long for an ordered one.
            if (targets[slot] != null && Tables.target(id) != null) {
                Kind own = table.kind(slot);
                if (kind == null || own.equals(kind)) {
                    Key key = new Key(types.computeIfAbsent(own, Kind::describe), table.label(slot, true),
                            Traces.ofBinding(id, own));
                    counts.computeIfAbsent(key, _ -> new Count(Tables.address(id))).count++;
                }
            }
        }
    }

    /**
     * Has the Flight Recorder told of open closures at the end of each chunk, if somebody records.
     */
    static void watch() {
        Events.atEndOfChunks(REPORTER);
    }

    /** No lambda: tables are added where one could not be made. */
    private static final class Reporter implements Runnable {
        @Override
        public void run() {
            for (Group group : list(null)) {
                String label = group.label();
                Events.openClosures(group.type(), label == null ? "" : label,
                        group.boundAt().isEmpty() ? "" : group.boundAt().getFirst().toString(), group.count());
            }
        }
    }
}
