// SPDX-License-Identifier: Apache-2.0

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.lwjgl.glfw.GLFW;
import org.lwjgl.glfw.GLFWErrorCallback;
import org.lwjgl.stb.STBIWriteCallback;
import org.lwjgl.stb.STBImageWrite;
import org.lwjgl.system.MemoryUtil;

/** Callbacks of LWJGL: stb writes images, and GLFW reports errors. */
public final class Lwjgl {
    public static void main(String[] arguments) throws Exception {
        AtomicLong bytes = new AtomicLong();
        ByteBuffer pixels = MemoryUtil.memCalloc(16 * 16 * 3);
        for (int i = 0; i < 20_000; i++) {
            try (STBIWriteCallback write = STBIWriteCallback.create((context, data, size) -> bytes.addAndGet(size))) {
                STBImageWrite.stbi_write_bmp_to_func(write, 0, 16, 16, 3, pixels);
            }
        }
        MemoryUtil.memFree(pixels);
        AtomicLong errors = new AtomicLong();
        for (int i = 0; i < 20_000; i++) {
            GLFWErrorCallback callback = GLFWErrorCallback.create((code, text) -> errors.incrementAndGet());
            GLFW.glfwSetErrorCallback(callback);
            // It is not initialised, which is an error.
            GLFW.glfwPollEvents();
            GLFW.glfwSetErrorCallback(null);
            callback.free();
        }
        System.out.println("stb: " + bytes + " bytes; GLFW: " + errors + " errors");
        Figures.write();
    }
}
