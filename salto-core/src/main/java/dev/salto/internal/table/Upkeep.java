// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.events.Events;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs tasks after each garbage collection, in the JDK's own cleaner thread. */
final class Upkeep {
    private static final List<Task> TASKS = new ArrayList<>();
    private static boolean isWaiting;

    private Upkeep() {}

    /** A task after each collection. */
    interface Task {
        /** Runs, and returns whether to run again after the next collection. */
        boolean run();
    }

    /** Runs a task after each later collection. */
    static void add(Task task) {
        synchronized (TASKS) {
            TASKS.add(task);
        }
        await();
    }

    private static void await() {
        synchronized (TASKS) {
            if (isWaiting || TASKS.isEmpty()) {
                return;
            }
            isWaiting = true;
        }
        try {
            AfterCollection.run(Upkeep::run);
        } catch (RuntimeException | Error e) {
            // There is no memory now. The next task tries again.
            isWaiting = false;
        }
    }

    private static void run() {
        if (Events.isRecording()) {
            OpenSlots.watch();
        }
        List<Task> all;
        synchronized (TASKS) {
            isWaiting = false;
            all = new ArrayList<>(TASKS);
        }
        Set<Task> done = new HashSet<>();
        for (Task task : all) {
            try {
                if (!task.run()) {
                    done.add(task);
                }
            } catch (RuntimeException | Error e) {
                // For example for lack of memory: there may be some after the next collection.
            }
        }
        synchronized (TASKS) {
            // Once for each task: it may have been added again meanwhile.
            TASKS.removeIf(done::remove);
        }
        await();
    }
}
