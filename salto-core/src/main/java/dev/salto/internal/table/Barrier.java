// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import dev.salto.internal.os.Os;
import java.util.Optional;

/**
 * Orders writes to blocks before the function pointers that lead there.
 *
 * <p>A native thread loads a function pointer, jumps, and then loads the block. A jump is a control
 * dependency, which orders no loads on AArch64, Arm, RISC-V and LoongArch. So the second load may
 * come before the first, and see an old block.
 *
 * <p>The writer's own barriers cannot change that. A barrier that all running threads of the
 * process execute can. Suppose that a thread loaded the block before that barrier. Then its
 * processor also loaded the function pointer before it, and this cannot be the new one.
 */
final class Barrier {
    private static final boolean IS_NEEDED = isNeeded();

    static {
        // At the start, because the call has to be linked, which can fail at the end of a stack.
        beforeHandingOut();
    }

    private Barrier() {}

    private static boolean isNeeded() {
        Optional<Port> port = Ports.thisJvm();
        return port.isPresent() && port.get().needsBarrier();
    }

    /** Makes all running threads of the process see earlier writes before later ones. */
    static void beforeHandingOut() {
        if (IS_NEEDED) {
            Os.current().orderLoadsOfOtherThreads();
        }
    }
}
