// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.TableShape;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The layout of a text image as the build found it: all that Java knows about the code. All sizes and offsets are in bytes.
 *
 * @param architecture the architecture that the image is for
 * @param image the file name of the image
 * @param machine the number of the architecture in an ELF header
 * @param codeSize the size of a code table, its head included; also the distance from a code table to its parameter table
 * @param trampolineOffset where the first trampoline lies in the code table
 * @param trampolineSize the distance from one trampoline to the next in its line
 * @param trampolineCount how many trampolines a code table has
 * @param trampolinesInLine how many of them lie in one line
 * @param lineSize the distance from one line to the next
 * @param headerCall where the call of a table's {@code append_} entries lies in a parameter table
 * @param headerCatcher where the word with the address of the function lies that a table's {@code caught} entries call
 * @param headerUniversal where the word with the address of the function lies that a table's {@code generic} entries call
 * @param callTarget where the word with the target's address lies in a call
 * @param callArgument where the word to append lies in a call
 * @param callStackSize where the word with the size of the caller's stack arguments lies in a call
 * @param callSize the size of a call
 * @param blockOffset where the first parameter block lies in a parameter table
 * @param blockSize the size of a parameter block
 * @param blockEntry where the word with the address that the trampoline jumps to lies in a block
 * @param blockArgument where the word for the scratch register lies in a block
 * @param entries the offset of each entry in the code table, by name
 * @param frames where generic entries keep what in their frames, by the name of the entry, an underscore and that of the place
 * @param sha256 the digest of the {@code codeSize} bytes of a code table, in lower-case hexadecimal
 */
public record TextIndex(
        String architecture,
        String image,
        int machine,
        int codeSize,
        int trampolineOffset,
        int trampolineSize,
        int trampolineCount,
        int trampolinesInLine,
        int lineSize,
        int headerCall,
        int headerCatcher,
        int headerUniversal,
        int callTarget,
        int callArgument,
        int callStackSize,
        int callSize,
        int blockOffset,
        int blockSize,
        int blockEntry,
        int blockArgument,
        Map<String, Integer> entries,
        Map<String, Integer> frames,
        String sha256) {

    private static final String ENTRY = "entry.";
    private static final String FRAME = "layout.generic";

    static TextIndex read(InputStream content) throws IOException {
        Properties properties = new Properties();
        properties.load(content);
        Map<String, Integer> entries = new HashMap<>();
        Map<String, Integer> frames = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(ENTRY)) {
                entries.put(key.substring(ENTRY.length()), Integer.valueOf(properties.getProperty(key)));
            } else if (key.startsWith(FRAME)) {
                frames.put(key.substring("layout.".length()), Integer.valueOf(properties.getProperty(key)));
            }
        }
        return new TextIndex(
                text(properties, "architecture"),
                text(properties, "image"),
                Integer.parseInt(text(properties, "machine")),
                layout(properties, "code_size"),
                layout(properties, "trampoline_offset"),
                layout(properties, "trampoline_size"),
                layout(properties, "trampoline_count"),
                layout(properties, "trampolines_in_line"),
                layout(properties, "line_size"),
                layout(properties, "header_call"),
                layout(properties, "header_catcher"),
                layout(properties, "header_universal"),
                layout(properties, "call_target"),
                layout(properties, "call_argument"),
                layout(properties, "call_stack_size"),
                layout(properties, "call_size"),
                layout(properties, "block_offset"),
                layout(properties, "block_size"),
                layout(properties, "block_entry"),
                layout(properties, "block_argument"),
                Map.copyOf(entries),
                Map.copyOf(frames),
                text(properties, "sha256"));
    }

    /** Returns the sizes of a table's parts. */
    public TableShape shape() {
        return new TableShape(codeSize, blockOffset + (long) trampolineCount * blockSize);
    }

    /**
     * Where an entry lies in the code table.
     *
     * @param name the entry's name in the assembly
     */
    public int entry(String name) {
        Integer offset = entries.get(name);
        if (offset == null) {
            throw new AssertionError("the text image for %s has no entry %s".formatted(architecture, name));
        }
        return offset;
    }

    /**
     * Where a generic entry keeps something in its frame.
     *
     * @param entry the entry's name in the assembly
     * @param place what it keeps there
     */
    public int frame(String entry, String place) {
        Integer offset = frames.get(entry + "_" + place);
        if (offset == null) {
            throw new AssertionError(
                    "the text image for %s has no %s in the frame of %s".formatted(architecture, place, entry));
        }
        return offset;
    }

    private static int layout(Properties properties, String name) throws IOException {
        return Integer.parseInt(text(properties, "layout." + name));
    }

    private static String text(Properties properties, String key) throws IOException {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IOException("the index of the text image has no " + key);
        }
        return value;
    }
}
