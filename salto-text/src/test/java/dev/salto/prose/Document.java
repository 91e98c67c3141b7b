// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The prose of one file.
 *
 * @param blocks in the order of the file; cells of tables are among them
 * @param cells the cells of tables
 * @param lines the lines that are wrapped: without code, tables and addresses
 * @param pages the pages and files that it refers to
 * @param anchors the names of its headings, for links
 */
record Document(List<Block> blocks, List<Block> cells, List<Block> lines, List<Reference> pages, Set<String> anchors) {
    Document() {
        this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    }

    /**
     * Another file that a file refers to.
     *
     * @param path relative to the folder of the file, or to the root if it is in a comment
     */
    record Reference(String file, int line, String path) {}
}
