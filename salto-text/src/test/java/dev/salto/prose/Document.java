// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.ArrayList;
import java.util.List;

/**
 * The prose of one file.
 *
 * @param blocks in the order of the file; cells of tables are among them
 * @param cells the cells of tables
 * @param lines the lines that are wrapped: without code, tables and addresses
 * @param pages the pages and files that it refers to
 */
record Document(List<Block> blocks, List<Block> cells, List<Block> lines, List<Reference> pages) {
    Document() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /**
     * Another file that a file refers to.
     *
     * @param path relative to the folder of the file, or to the root if it is in a comment
     */
    record Reference(String file, int line, String path) {}
}
