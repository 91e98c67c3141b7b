// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/** Reads the prose of a page in Markdown. */
final class MarkdownProse extends AbstractVisitor {
    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS)
            .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES).build();
    private static final Pattern PICTURE = Pattern.compile("(?:src|srcset)=\"([^\"]+)\"");
    private static final Pattern NO_PART_OF_ANCHORS = Pattern.compile("[^\\p{L}\\p{N} _-]");

    private final String file;
    private final List<String> lines;
    private final Document document = new Document();

    private MarkdownProse(String file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    static Document read(String file, List<String> lines) {
        MarkdownProse prose = new MarkdownProse(file, lines);
        PARSER.parse(String.join("\n", lines)).accept(prose);
        return prose.document;
    }

    /** The contents of a page's fenced blocks of code in one language. */
    static List<String> codeBlocks(String page, String language) {
        List<String> blocks = new ArrayList<>();
        PARSER.parse(page).accept(new AbstractVisitor() {
            @Override
            public void visit(FencedCodeBlock code) {
                if (code.getInfo().equals(language)) {
                    blocks.add(code.getLiteral());
                }
            }
        });
        return blocks;
    }

    @Override
    public void visit(Paragraph paragraph) {
        document.blocks().add(block(paragraph));
        for (SourceSpan span : paragraph.getSourceSpans()) {
            addLine(span.getLineIndex());
        }
        visitChildren(paragraph);
    }

    @Override
    public void visit(Heading heading) {
        addLine(heading.getSourceSpans().getFirst().getLineIndex());
        document.anchors().add(anchor(block(heading).text()));
        visitChildren(heading);
    }

    @Override
    public void visit(FencedCodeBlock code) {
        // Not prose.
    }

    @Override
    public void visit(IndentedCodeBlock code) {
        // Not prose.
    }

    @Override
    public void visit(CustomNode node) {
        if (node instanceof TableCell cell && !cell.getSourceSpans().isEmpty()) {
            document.cells().add(block(cell));
            document.blocks().add(block(cell));
        }
        visitChildren(node);
    }

    @Override
    public void visit(Link link) {
        addReference(link, link.getDestination());
        visitChildren(link);
    }

    @Override
    public void visit(Image image) {
        addReference(image, image.getDestination());
        visitChildren(image);
    }

    /** HTML, in which a picture has one file for light pages and one for dark ones. */
    @Override
    public void visit(HtmlBlock html) {
        Matcher picture = PICTURE.matcher(html.getLiteral());
        while (picture.find()) {
            addReference(html, picture.group(1));
        }
    }

    private void addReference(Node node, String destination) {
        if (!destination.contains(":")) {
            int line = node.getSourceSpans().getFirst().getLineIndex() + 1;
            document.pages().add(new Document.Reference(file, line, destination));
        }
    }

    /** The name by which links reach a heading, as forges make it. */
    private static String anchor(String heading) {
        return NO_PART_OF_ANCHORS.matcher(heading.toLowerCase(Locale.ROOT)).replaceAll("").replace(' ', '-');
    }

    private Block block(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code code) {
                text.append(CommentText.oneWord(code.getLiteral()));
            }

            @Override
            public void visit(SoftLineBreak lineBreak) {
                text.append('\n');
            }

            @Override
            public void visit(HardLineBreak lineBreak) {
                text.append('\n');
            }
        });
        return new Block(file, node.getSourceSpans().getFirst().getLineIndex() + 1, text.toString());
    }

    private void addLine(int index) {
        String line = lines.get(index);
        if (!line.contains("](")) {
            document.lines().add(new Block(file, index + 1, line));
        }
    }
}
