// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import dev.salto.internal.os.Memory;
import dev.salto.internal.os.TableShape;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The layout of a text image, as the build found it. Java knows no other numbers of the code. All
 * sizes and offsets are in bytes.
 *
 * @param architecture the architecture that the image is for
 * @param image the file name of the image
 * @param machine the number of the architecture in the header of an image
 * @param codeSize the size of a code table, its head included
 * @param parametersOffset the distance from a code table to its parameter table
 * @param trampolineOffset where the first trampoline lies in the code table
 * @param trampolineSize the distance from one trampoline to the next in its line
 * @param trampolineCount the number of trampolines in a code table
 * @param trampolinesInLine the number of trampolines in one line
 * @param lineSize the distance from one line to the next
 * @param callTarget where the word with the target's address lies in a call
 * @param callArgument where the word to append lies in a call
 * @param callStackSize where the word with the size of the caller's stack arguments lies in a call
 * @param callSize the size of a call
 * @param blockSize the size of a parameter block; the blocks are all that a parameter table has
 * @param blockEntry where the word with the address that the trampoline jumps to lies in a block
 * @param blockArgument where the word for the scratch register lies in a block
 * @param entries the offset of each entry in the code table with blocks, by name
 * @param frames the places in generic entries' frames and in the records of recorded calls. A key
 *     is the name of the entry, an underscore and the name of the place
 * @param exits the numbers of the end of the process, by name; empty if the image has no code for
 *     it
 * @param byIndex the second code table
 * @param crc32 the checksum of all bytes of both code tables
 * @param sha256 their digest, in lower-case hexadecimal
 */
public record TextIndex(
        String architecture,
        String image,
        int machine,
        int codeSize,
        int parametersOffset,
        int trampolineOffset,
        int trampolineSize,
        int trampolineCount,
        int trampolinesInLine,
        int lineSize,
        int callTarget,
        int callArgument,
        int callStackSize,
        int callSize,
        int blockSize,
        int blockEntry,
        int blockArgument,
        Map<String, Integer> entries,
        Map<String, Integer> frames,
        Map<String, Integer> exits,
        CodeByIndex byIndex,
        long crc32,
        String sha256) {

    private static final String ENTRY = "entry.";
    private static final String ENTRY_BY_INDEX = "index_entry.";
    private static final List<String> FRAMES = List.of("layout.generic", "layout.record");
    private static final String EXIT = "layout.exit_";

    static TextIndex read(InputStream content) throws IOException {
        Properties properties = new Properties();
        properties.load(content);
        Map<String, Integer> entries = new HashMap<>();
        Map<String, Integer> entriesByIndex = new HashMap<>();
        Map<String, Integer> frames = new HashMap<>();
        Map<String, Integer> exits = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(ENTRY_BY_INDEX)) {
                entriesByIndex.put(key.substring(ENTRY_BY_INDEX.length()),
                        Integer.valueOf(properties.getProperty(key)));
            } else if (key.startsWith(ENTRY)) {
                entries.put(key.substring(ENTRY.length()), Integer.valueOf(properties.getProperty(key)));
            } else if (key.startsWith(FRAMES.getFirst()) || key.startsWith(FRAMES.getLast())) {
                frames.put(key.substring("layout.".length()), Integer.valueOf(properties.getProperty(key)));
            } else if (key.startsWith(EXIT)) {
                exits.put(key.substring(EXIT.length()), Integer.valueOf(properties.getProperty(key)));
            }
        }
        return new TextIndex(
                text(properties, "architecture"),
                text(properties, "image"),
                Integer.parseInt(text(properties, "machine")),
                layout(properties, "code_size"),
                layout(properties, "parameters_offset"),
                layout(properties, "trampoline_offset"),
                layout(properties, "trampoline_size"),
                layout(properties, "trampoline_count"),
                layout(properties, "trampolines_in_line"),
                layout(properties, "line_size"),
                layout(properties, "call_target"),
                layout(properties, "call_argument"),
                layout(properties, "call_stack_size"),
                layout(properties, "call_size"),
                layout(properties, "block_size"),
                layout(properties, "block_entry"),
                layout(properties, "block_argument"),
                Map.copyOf(entries),
                Map.copyOf(frames),
                Map.copyOf(exits),
                new CodeByIndex(
                        layout(properties, "index_offset"),
                        layout(properties, "index_code_size"),
                        layout(properties, "index_trampoline_offset"),
                        layout(properties, "index_trampoline_size"),
                        layout(properties, "index_trampoline_count"),
                        layout(properties, "index_bias"),
                        layout(properties, "index_header_entry"),
                        layout(properties, "index_header_gate"),
                        layout(properties, "index_header_base"),
                        layout(properties, "index_header_stack_size"),
                        layout(properties, "index_header_universal"),
                        layout(properties, "index_header_last_error"),
                        layout(properties, "index_header_size"),
                        Map.copyOf(entriesByIndex)),
                Long.parseLong(text(properties, "crc32")),
                text(properties, "sha256"));
    }

    /**
     * The code table whose trampolines know only their index. The rest is in a header, one for each
     * table, which follows the code. Header places are distances from its beginning. All sizes and
     * offsets are in bytes.
     *
     * @param offset where this code begins in the image
     * @param codeSize the size of this code; also the distance from it to the header
     * @param trampolineOffset where the first trampoline lies in this code
     * @param trampolineSize the distance from one trampoline to the next
     * @param trampolineCount the number of trampolines
     * @param bias the number that {@link #header} adds to the argument of the first trampoline
     * @param headerEntry the place of the address that all trampolines jump to
     * @param headerGate the place of the address that the {@code append_} entries jump to
     * @param headerBase the place of the argument of trampoline 0, plus the bias
     * @param headerStackSize the place of the size of the caller's stack arguments
     * @param headerUniversal the place of the address that the {@code generic} entries call
     * @param headerLastError the place of the way from a thread pointer to the number of the
     *     thread's last error
     * @param headerSize the size of a header
     * @param entries the offset of each entry in this code, by name
     */
    public record CodeByIndex(
            int offset,
            int codeSize,
            int trampolineOffset,
            int trampolineSize,
            int trampolineCount,
            int bias,
            int headerEntry,
            int headerGate,
            int headerBase,
            int headerStackSize,
            int headerUniversal,
            int headerLastError,
            int headerSize,
            Map<String, Integer> entries) {

        /**
         * Returns the place of an entry in this code.
         *
         * @param name the entry's name in the assembly
         */
        public int entry(String name) {
            Integer place = entries.get(name);
            if (place == null) {
                throw new AssertionError("the code by index has no entry " + name);
            }
            return place;
        }

        /** Returns the address of a trampoline: the function pointer. */
        public long trampoline(long code, int index) {
            return code + trampolineOffset + (long) index * trampolineSize;
        }

        /**
         * Returns the words of a header.
         *
         * @param entry the {@linkplain #entry offset} of the entry that all trampolines jump to
         * @param first the argument of trampoline 0; that of trampoline {@code i} is greater by
         *     {@code i}
         * @param gate the address of the gate; 0 if the entry calls none
         * @param stackSize the size of the caller's stack arguments, for the stack entries
         * @param universal the address of the universal gate; 0 if the entry does not call it
         */
        public long[] header(int entry, int first, long gate, long stackSize, long universal) {
            long[] words = new long[headerSize / Memory.WORD_SIZE];
            words[headerEntry / Memory.WORD_SIZE] = entry;
            words[headerBase / Memory.WORD_SIZE] = (long) first + bias;
            words[headerGate / Memory.WORD_SIZE] = gate;
            words[headerStackSize / Memory.WORD_SIZE] = stackSize;
            words[headerUniversal / Memory.WORD_SIZE] = universal;
            return words;
        }
    }

    /** Returns the size of both code tables, which is the mapped part of the image. */
    int imageSize() {
        return byIndex.offset() + byIndex.codeSize();
    }

    /** Returns the sizes of a table's parts. */
    public TableShape shape() {
        return new TableShape(codeSize, parametersOffset, (long) trampolineCount * blockSize, byIndex.offset(),
                byIndex.codeSize());
    }

    /**
     * The place of an entry in the code table with blocks.
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
     * A place in a generic entry's frame.
     *
     * @param entry the entry's name in the assembly
     * @param place the name of the place
     */
    public int frame(String entry, String place) {
        Integer offset = frames.get(entry + "_" + place);
        if (offset == null) {
            throw new AssertionError(
                    "the text image for %s has no %s in the frame of %s".formatted(architecture, place, entry));
        }
        return offset;
    }

    /** Whether an entry's frame has a place of a name. */
    public boolean hasFrame(String entry, String place) {
        return frames.containsKey(entry + "_" + place);
    }

    /** Whether the image has code that records calls. */
    boolean recordsCalls() {
        return entries.containsKey("record");
    }

    /** Whether the image has code for the end of the process. */
    public boolean hasExit() {
        return !exits.isEmpty();
    }

    /**
     * A number of the end of the process: a place, a size, or a number of bits.
     *
     * @param name its name in the assembly, in lower case without the prefix
     */
    public int exit(String name) {
        Integer number = exits.get(name);
        if (number == null) {
            throw new AssertionError("the text image for %s has no number %s".formatted(architecture, name));
        }
        return number;
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
