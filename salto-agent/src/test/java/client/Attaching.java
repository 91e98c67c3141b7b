// SPDX-License-Identifier: Apache-2.0

package client;

import com.sun.tools.attach.VirtualMachine;

/** Loads an agent into its own JVM between two stubs. */
public final class Attaching {
    private Attaching() {}

    public static void main(String[] arguments) throws Throwable {
        Client.main(new String[]{"call"});
        VirtualMachine machine = VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
        machine.loadAgent(arguments[0], arguments[1]);
        machine.detach();
        Client.main(new String[]{"call", "reflection"});
    }
}
