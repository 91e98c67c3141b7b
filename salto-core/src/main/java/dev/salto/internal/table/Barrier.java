// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.Os;
import java.util.Optional;

/**
 * Orders what is written into blocks before the function pointers that lead there.
 *
 * <p>A native thread loads a function pointer, jumps, and then loads the block. A jump is a control
 * dependency, which orders no loads on AArch64, Arm, RISC-V and LoongArch: the second load may be
 * done before the first, and see what the block held before. The writer's own barriers cannot
 * change that. A barrier that every running thread of the process executes can: a thread whose load
 * of the block came before it has loaded its function pointer before it, too, and so cannot have
 * the new one.
 */
final class Barrier {
    private static final boolean IS_NEEDED = isNeeded();

    static {
        // At the start rather than at the end of some stack, because the call has to be linked.
        beforeHandingOut();
    }

    private Barrier() {}

    private static boolean isNeeded() {
        Optional<Port> port = Ports.thisJvm();
        return port.isPresent() && port.get().needsBarrier();
    }

    /**
     * Has all running threads of the process see what was written before they see what is written
     * from now on.
     */
    static void beforeHandingOut() {
        if (IS_NEEDED) {
            Os.current().orderLoadsOfOtherThreads();
        }
    }
}
