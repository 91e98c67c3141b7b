// SPDX-License-Identifier: Apache-2.0

import org.gnome.gio.SimpleAction;

/** GLib through java-gi: 100,000 handlers of a signal are connected, and disconnected. */
public final class Signals {
    private static long calls;

    public static void main(String[] arguments) throws Exception {
        SimpleAction action = new SimpleAction("salto", null);
        for (int i = 0; i < 100_000; i++) {
            var handler = action.onActivate(parameter -> calls++);
            if (i % 100 == 0) {
                action.activate(null);
            }
            handler.disconnect();
        }
        System.out.println("java-gi: 100000 handlers, " + calls + " calls");
        Figures.write();
    }
}
