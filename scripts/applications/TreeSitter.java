// SPDX-License-Identifier: Apache-2.0

import io.github.treesitter.jtreesitter.InputEncoding;
import io.github.treesitter.jtreesitter.Language;
import io.github.treesitter.jtreesitter.Parser;
import io.github.treesitter.jtreesitter.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * tree-sitter through jtreesitter: 2,000 texts are parsed, which callbacks give in pieces. Another
 * callback gets the log. The libraries of C are in JARs of other bindings.
 */
public final class TreeSitter {
    private static final int TEXTS = 2_000;
    private static final int PIECE = 16;

    private static long pieces;
    private static long lines;

    public static void main(String[] arguments) throws IOException {
        String text = "[" + "{\"key\": [1, true, null]}, ".repeat(10) + "0]";
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        unpack("tree-sitter", folder);
        long bytes = 0;
        try (Arena arena = Arena.ofShared(); Parser parser = new Parser()) {
            Language json = Language.load(SymbolLookup.libraryLookup(unpack("tree-sitter-json", folder), arena),
                    "tree_sitter_json");
            parser.setLanguage(json).setLogger((type, line) -> lines++);
            for (int i = 0; i < TEXTS; i++) {
                try (Tree tree = parser.parse((offset, point) -> {
                    pieces++;
                    return text.substring(Math.min(offset, text.length()), Math.min(offset + PIECE, text.length()));
                }, InputEncoding.UTF_8).orElseThrow()) {
                    bytes += tree.getRootNode().getEndByte();
                }
            }
        }
        System.out.println("tree-sitter: " + bytes + " bytes in " + pieces + " pieces, " + lines + " lines of log");
        Figures.write();
    }

    /** Copies a library to where java.library.path has it. */
    private static Path unpack(String library, Path folder) throws IOException {
        try (InputStream content = TreeSitter.class.getResourceAsStream("/lib/x86_64-linux-gnu-" + library + ".so")) {
            Path file = folder.resolve(System.mapLibraryName(library));
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        }
    }
}
