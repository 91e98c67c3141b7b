// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reader of class files, with those of the JDK. */
final class ClassBytesTest {
    private static final String LINKER = "jdk/internal/foreign/abi/AbstractLinker.class";

    private static byte[] content(String name) throws IOException {
        try (InputStream content = Objects.requireNonNull(ClassLoader.getSystemResourceAsStream(name), name)) {
            return content.readAllBytes();
        }
    }

    @Test
    void theInstructionsOfAllMethodsOfTheJdkEndWhereTheirCodeEnds() throws IOException {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(
                FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base"))) {
            classes = files.filter(path -> path.toString().endsWith(".class")).toList();
        }
        for (Path path : classes) {
            ClassBytes file = new ClassBytes(Files.readAllBytes(path));
            file.visitMethods((_, code) -> {
                int start = code + 14;
                int end = start + file.u4(code + 10);
                int place = start;
                while (place < end) {
                    place += file.length(place, place - start);
                }
                assertThat(place).as("%s", path).isEqualTo(end);
            });
        }
        assertThat(classes).hasSizeGreaterThan(5_000);
    }

    @Test
    void theChangedLinkerIsAClassThatTheVerifierAccepts() throws IOException {
        byte[] changed = Objects.requireNonNull(LinkerRewriter.rewrite(content(LINKER), "java/lang/Salto"));

        assertThat(ClassFile.of().verify(changed)).isEmpty();
        assertThat(instructions(changed)).hasSize(instructions(content(LINKER)).size() + 13);
    }

    @Test
    void theChangedLinkerLooksForItsCallerOnce() throws IOException {
        byte[] changed = Objects.requireNonNull(LinkerRewriter.rewrite(content(LINKER), "java/lang/Salto"));

        assertThat(instructions(changed)).filteredOn(InvokeInstruction.class::isInstance)
                .filteredOn(one -> ((InvokeInstruction) one).name().equalsString("getCallerClass")).hasSize(1);
    }

    private static List<Instruction> instructions(byte[] content) {
        MethodModel method = ClassFile.of().parse(content).methods().stream()
                .filter(one -> one.methodName().equalsString("upcallStub")).findFirst().orElseThrow();
        return method.code().orElseThrow().elementStream().filter(Instruction.class::isInstance)
                .map(Instruction.class::cast).toList();
    }

    @Test
    void aClassWithoutTheMethodOfTheLinkerIsRefused() throws IOException {
        assertThat(LinkerRewriter.rewrite(content("java/lang/String.class"), "java/lang/Salto")).isNull();
    }

    @Test
    void aClassWithoutCallSitesStaysAndADamagedOneIsRefused() throws IOException {
        byte[] content = content("java/lang/String.class");

        assertThat(CallSiteRewriter.rewrite(content, "java/lang/Salto")).isNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallSiteRewriter.rewrite(new byte[]{1, 2, 3}, "java/lang/Salto"));
    }
}
