// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is to be done after each garbage collection. It runs in the JDK's own cleaner thread. */
final class Upkeep {
    private static final List<Task> TASKS = new ArrayList<>();
    private static boolean isWaiting;

    private Upkeep() {}

    /** Something to be done after each collection. */
    interface Task {
        /** Does it, and returns whether to do it again after the next collection. */
        boolean run();
    }

    /** Has something done after each collection from now on. */
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
            // There is no memory for it just now. The next task tries again.
            isWaiting = false;
        }
    }

    private static void run() {
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
                // Such as for want of memory: after the next collection there may be some.
            }
        }
        synchronized (TASKS) {
            // Once each: a task may have been added again meanwhile.
            TASKS.removeIf(done::remove);
        }
        await();
    }
}
