// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.libraries.Library.STRING;
import static dev.salto.libraries.Library.STRINGS;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Amounts;
import dev.salto.Closure;
import dev.salto.ClosureType;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Expat tells Java what it reads: the handlers' state is the Java object, and the user data is
 * unused.
 */
final class ExpatTest {
    private static final int XML_STATUS_OK = 1;

    interface StartHandler {
        void start(MemorySegment userData, MemorySegment name, MemorySegment attributes);
    }

    interface EndHandler {
        void end(MemorySegment userData, MemorySegment name);
    }

    interface TextHandler {
        void text(MemorySegment userData, MemorySegment bytes, int length);
    }

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ClosureType<StartHandler> START = ClosureType.of(LOOKUP, StartHandler.class,
            FunctionDescriptor.ofVoid(ADDRESS, STRING, STRINGS));
    private static final ClosureType<EndHandler> END = ClosureType.of(LOOKUP, EndHandler.class,
            FunctionDescriptor.ofVoid(ADDRESS, STRING));
    private static final ClosureType<TextHandler> TEXT = ClosureType.of(LOOKUP, TextHandler.class,
            FunctionDescriptor.ofVoid(ADDRESS, STRING, JAVA_INT));

    private final Library expat = Library.open("libexpat.so.1", "libexpat1");
    private final MethodHandle create = expat.link("XML_ParserCreate", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private final MethodHandle free = expat.link("XML_ParserFree", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle setElementHandler = expat.link("XML_SetElementHandler",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle setTextHandler = expat.link("XML_SetCharacterDataHandler",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    private final MethodHandle parse = expat.link("XML_Parse",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));

    /** The calls of one parser so far. */
    private static final class Reader {
        final List<String> open = new ArrayList<>();
        final List<String> attributes = new ArrayList<>();
        final List<String> misnested = new ArrayList<>();
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        int started;
        int ended;
        int deepest;

        void start(MemorySegment userData, MemorySegment name, MemorySegment namesAndValues) {
            started++;
            open.addLast(name.getString(0));
            deepest = Math.max(deepest, open.size());
            for (int i = 0; namesAndValues.getAtIndex(ADDRESS, i).address() != 0; i += 2) {
                attributes.add(namesAndValues.getAtIndex(STRING, i).getString(0) + "="
                        + namesAndValues.getAtIndex(STRING, i + 1).getString(0));
            }
        }

        void end(MemorySegment userData, MemorySegment name) {
            ended++;
            String ending = name.getString(0);
            if (!open.removeLast().equals(ending)) {
                misnested.add(ending);
            }
        }

        void text(MemorySegment userData, MemorySegment bytes, int length) {
            text.writeBytes(bytes.asSlice(0, length).toArray(JAVA_BYTE));
        }

        String text() {
            return text.toString(StandardCharsets.UTF_8);
        }
    }

    /** A parser whose handlers live as long as an arena. */
    private final class Parser implements AutoCloseable {
        final MemorySegment handle;

        Parser(Reader reader, Arena arena) throws Throwable {
            handle = (MemorySegment) create.invokeExact(MemorySegment.NULL);
            setElementHandler.invokeExact(handle, START.bind(reader::start, arena), END.bind(reader::end, arena));
            setTextHandler.invokeExact(handle, TEXT.bind(reader::text, arena));
        }

        void parse(byte[] bytes, boolean last) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                assertThat((int) parse.invokeExact(handle, arena.allocateFrom(JAVA_BYTE, bytes), bytes.length,
                        last ? 1 : 0)).isEqualTo(XML_STATUS_OK);
            }
        }

        @Override
        public void close() {
            try {
                free.invokeExact(handle);
            } catch (Throwable e) {
                throw new AssertionError("the parser is not freed", e);
            }
        }
    }

    /** A document of many items, in pieces that end anywhere. */
    private record Document(String item, int items) {
        List<byte[]> pieces(int size) {
            byte[] bytes = IntStream.range(0, items)
                    .mapToObj(i -> "<%s id=\"%d\" of='%s'>%s</%s>".formatted(item, i, item, content(i), item))
                    .collect(Collectors.joining("", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><all>", "</all>"))
                    .getBytes(StandardCharsets.UTF_8);
            List<byte[]> pieces = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += size) {
                pieces.add(Arrays.copyOfRange(bytes, from, Math.min(from + size, bytes.length)));
            }
            return pieces;
        }

        String content(int i) {
            return "%s né %d;".formatted(item, i);
        }

        void assertReadBy(Reader reader) {
            assertThat(reader.started).isEqualTo(items + 1);
            assertThat(reader.ended).isEqualTo(items + 1);
            assertThat(reader.open).isEmpty();
            assertThat(reader.misnested).isEmpty();
            assertThat(reader.attributes).isEqualTo(IntStream.range(0, items).boxed()
                    .flatMap(i -> List.of("id=" + i, "of=" + item).stream()).toList());
            assertThat(reader.text())
                    .isEqualTo(IntStream.range(0, items).mapToObj(this::content).collect(Collectors.joining()));
        }
    }

    @Test
    void eachParserTellsItsOwnObject() throws Throwable {
        Document pears = new Document("pear", Amounts.scaled(2_000));
        Document plums = new Document("plum", Amounts.scaled(3_000));
        Reader pearReader = new Reader();
        Reader plumReader = new Reader();
        try (Arena arena = Arena.ofConfined();
                Parser pearParser = new Parser(pearReader, arena);
                Parser plumParser = new Parser(plumReader, arena)) {
            List<byte[]> pearPieces = pears.pieces(61);
            List<byte[]> plumPieces = plums.pieces(53);
            for (int i = 0; i < Math.max(pearPieces.size(), plumPieces.size()); i++) {
                if (i < pearPieces.size()) {
                    pearParser.parse(pearPieces.get(i), i == pearPieces.size() - 1);
                }
                if (i < plumPieces.size()) {
                    plumParser.parse(plumPieces.get(i), i == plumPieces.size() - 1);
                }
            }
        }
        pears.assertReadBy(pearReader);
        plums.assertReadBy(plumReader);
    }

    @Test
    void parsersOnManyThreadsTellTheirOwnObjects() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<?>> threads = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(
                            t -> executor.submit(() -> readAll(new Document("item" + t, Amounts.scaled(5_000) + t))))
                    .toList();
            for (Future<?> thread : threads) {
                thread.get();
            }
        }
    }

    private void readAll(Document document) {
        Reader reader = new Reader();
        try (Arena arena = Arena.ofConfined(); Parser parser = new Parser(reader, arena)) {
            for (byte[] piece : document.pieces(1_000)) {
                parser.parse(piece, false);
            }
            parser.parse(new byte[0], true);
        } catch (Throwable e) {
            throw new AssertionError("%s is not read".formatted(document), e);
        }
        document.assertReadBy(reader);
    }

    @Test
    void deeplyNestedElementsEndInTheReverseOrder() throws Throwable {
        int depth = Amounts.scaled(10_000);
        List<String> names = IntStream.range(0, depth).mapToObj(i -> "level" + i).toList();
        String document = names.stream().collect(Collectors.joining("><", "<", ">")) + "bottom"
                + names.reversed().stream().collect(Collectors.joining("></", "</", ">"));
        Reader reader = new Reader();
        try (Arena arena = Arena.ofConfined(); Parser parser = new Parser(reader, arena)) {
            parser.parse(document.getBytes(StandardCharsets.UTF_8), true);
        }
        assertThat(reader.deepest).isEqualTo(depth);
        assertThat(reader.ended).isEqualTo(depth);
        assertThat(reader.misnested).isEmpty();
        assertThat(reader.text()).isEqualTo("bottom");
    }

    @Test
    void aHandlerMayRebindItselfInTheMiddleOfADocument() throws Throwable {
        List<String> seen = new ArrayList<>();
        List<Closure<StartHandler>> self = new ArrayList<>();
        StartHandler later = (_, name, _) -> seen.add("later " + name.getString(0));
        try (Arena arena = Arena.ofConfined();
                Parser parser = new Parser(new Reader(), arena);
                Closure<StartHandler> closure = START.bind((_, name, _) -> {
                    seen.add("first " + name.getString(0));
                    self.getFirst().rebind(later);
                })) {
            self.add(closure);
            setElementHandler.invokeExact(parser.handle, closure.address(), MemorySegment.NULL);
            parser.parse("<a><b/><c/></a>".getBytes(StandardCharsets.UTF_8), true);
        }
        assertThat(seen).containsExactly("first a", "later b", "later c");
    }
}
