// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the signatures of the public API into a JAR, with which the build compares the API. It has
 * the public and protected members of {@code dev.salto}, without code. The same API gives the same
 * bytes.
 */
final class ApiBaseline {
    private static final Path PACKAGE = Path.of("dev", "salto");
    private static final ClassFile CLASS_FILE = ClassFile.of(ConstantPoolSharingOption.NEW_POOL);
    private static final ClassTransform SIGNATURES = (builder, element) -> {
        switch (element) {
            case MethodModel method when isVisible(method.flags().flagsMask()) ->
                builder.transformMethod(method, MethodTransform.dropping(part -> part instanceof CodeModel));
            case FieldModel field when isVisible(field.flags().flagsMask()) -> builder.with(field);
            case MethodModel _, FieldModel _, SourceFileAttribute _, NestMembersAttribute _ -> {}
            default -> builder.with(element);
        }
    };

    private ApiBaseline() {}

    /**
     * Writes the JAR.
     *
     * @param arguments the folder with the library's classes, and the JAR to write
     */
    public static void main(String[] arguments) throws IOException {
        Path classes = Path.of(arguments[0]);
        Path jar = Path.of(arguments[1]);
        Files.createDirectories(jar.getParent());
        try (Stream<Path> files = Files.list(classes.resolve(PACKAGE));
                ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(jar))) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
            for (Path file : sorted) {
                ClassModel model = CLASS_FILE.parse(file);
                if (isVisible(flagsOf(model))) {
                    ZipEntry entry = new ZipEntry(classes.relativize(file).toString());
                    entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                    output.putNextEntry(entry);
                    output.write(CLASS_FILE.transformClass(model, SIGNATURES));
                }
            }
        }
        System.out.println("Written: " + jar);
    }

    private static boolean isVisible(int flags) {
        return (flags & (ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED)) != 0;
    }

    /** The flags of a nested class in its source are in an attribute. */
    private static int flagsOf(ClassModel model) {
        return model.findAttribute(Attributes.innerClasses())
                .map(InnerClassesAttribute::classes).orElse(List.of()).stream()
                .filter(inner -> inner.innerClass().equals(model.thisClass()))
                .map(InnerClassInfo::flagsMask)
                .findFirst().orElse(model.flags().flagsMask());
    }
}
