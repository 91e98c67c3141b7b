// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gnome.gio.ApplicationFlags;
import org.gnome.glib.GLib;
import org.gnome.gtk.Application;
import org.gnome.gtk.ApplicationWindow;
import org.gnome.gtk.Button;
import org.gnome.gtk.DrawingArea;

/**
 * GTK 4 through java-gi, on a screen of Xvfb: a window is drawn, and 100,000 handlers of a signal
 * are connected and disconnected.
 */
public final class Gtk4 {
    private static final int SIDE = 200;
    private static final int COLOUR = 0xff8000;
    private static final int LONGEST_MILLISECONDS = 60_000;
    private static final int STEP_MILLISECONDS = 50;

    private static long clicks;
    private static int waits;
    private static boolean isDrawn;

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("xvfb");
        Process server = new ProcessBuilder("Xvfb", "-displayfd", "1", "-fbdir", folder.toString(), "-nolisten", "tcp",
                "-screen", "0", "640x480x24").redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            GLib.setenv("DISPLAY", ":" + server.inputReader().readLine(), true);
            GLib.setenv("GDK_BACKEND", "x11", true);
            GLib.setenv("GSK_RENDERER", "cairo", true);
            Application application = new Application("dev.salto.Gtk4", ApplicationFlags.NON_UNIQUE);
            application.onActivate(() -> open(application, folder.resolve("Xvfb_screen0")));
            int status = application.run(new String[0]);
            System.out.println("GTK: " + status + ", drawn: " + isDrawn + ", 100000 handlers, " + clicks + " calls");
        } finally {
            server.destroy();
            server.waitFor();
        }
        Figures.write();
    }

    private static void open(Application application, Path screen) {
        ApplicationWindow window = new ApplicationWindow(application);
        DrawingArea area = new DrawingArea();
        area.setContentWidth(SIDE);
        area.setContentHeight(SIDE);
        area.setDrawFunc((drawing, context, width, height) -> context
                .setSourceRGB((COLOUR >> 16) / 255.0, (COLOUR >> 8 & 255) / 255.0, (COLOUR & 255) / 255.0).paint());
        window.setChild(area);
        window.present();
        GLib.timeoutAdd(GLib.PRIORITY_DEFAULT, STEP_MILLISECONDS, () -> {
            isDrawn = isOn(screen);
            if (!isDrawn && ++waits < LONGEST_MILLISECONDS / STEP_MILLISECONDS) {
                return GLib.SOURCE_CONTINUE;
            }
            click();
            application.quit();
            return GLib.SOURCE_REMOVE;
        });
    }

    /** Whether the screen has the pixels of the window. */
    private static boolean isOn(Path screen) {
        try {
            ByteBuffer pixels = ByteBuffer.wrap(Files.readAllBytes(screen)).order(ByteOrder.LITTLE_ENDIAN);
            int count = 0;
            for (int i = 0; i + Integer.BYTES <= pixels.limit(); i += Integer.BYTES) {
                if ((pixels.getInt(i) & 0xffffff) == COLOUR) {
                    count++;
                }
            }
            return count >= SIDE * SIDE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void click() {
        Button button = new Button();
        for (int i = 0; i < 100_000; i++) {
            var handler = button.onClicked(() -> clicks++);
            if (i % 100 == 0) {
                button.emitClicked();
            }
            handler.disconnect();
        }
    }
}
