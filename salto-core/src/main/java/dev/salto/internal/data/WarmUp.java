// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.failure.ReportThread;
import dev.salto.internal.failure.StackRoom;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.Os;
import java.lang.foreign.Arena;

/**
 * Initialises all classes of later uses of closures, when the library starts. At the end of a
 * stack, initialisation can fail, and then the class is unusable for good. No code of the user
 * runs.
 */
public final class WarmUp {
    /** The number of nested calls that the initialisation takes. */
    private static final int FRAMES = 300;

    private static final int FEW_BYTES = 15;
    private static final int MANY_BYTES = 256;

    private static final String PACKAGE = "dev.salto.internal.";

    private static volatile boolean isDone;
    private static volatile boolean isDoneForData;

    private WarmUp() {}

    /**
     * Initialises classes for binding, closing, exceptions and calls of closed closures.
     *
     * @param isStatic whether there is a text image
     * @throws StackOverflowError if the stack has too little room; no class is unusable then
     */
    public static void run(boolean isStatic) {
        if (isDone) {
            return;
        }
        StackRoom.require(FRAMES);
        if (isStatic) {
            Os.current().warmUp();
            for (String name : new String[]{"SharedTables", "SharedTable", "Barrier", "ProcessExit"}) {
                initialize(PACKAGE + "table." + name);
            }
        }
        for (String name : new String[]{"Tables", "ClassNames", "RecycledSlots", "Traces", "Magazines", "Upkeep",
            "StubTable"}) {
            initialize(PACKAGE + "table." + name);
        }
        for (String name : new String[]{"Guard", "StaleCalls", "UncaughtExceptions"}) {
            initialize(PACKAGE + "failure." + name);
        }
        initialize("dev.salto.Closure");
        ReportThread.start();
        isDone = true;
    }

    /** Initialises the further classes for data-driven closures. */
    public static void runForData() {
        if (isDoneForData) {
            return;
        }
        StackRoom.require(FRAMES);
        try (Arena arena = Arena.ofConfined()) {
            // Classes of the JDK: it clears and copies few bytes in another way than many.
            long memory = arena.allocate(2L * MANY_BYTES).address();
            for (int size : new int[]{FEW_BYTES, MANY_BYTES}) {
                Memory.clear(memory, size);
                Memory.copy(memory, memory + MANY_BYTES, size);
            }
        }
        initialize("dev.salto.Arguments");
        initialize(PACKAGE + "table.GateUse");
        isDoneForData = true;
    }

    private static void initialize(String name) {
        try {
            Class.forName(name, true, WarmUp.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new LinkageError("a class of Salto is missing", e);
        }
    }
}
