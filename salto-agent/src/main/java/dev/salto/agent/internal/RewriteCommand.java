// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.classfile.attribute.ModuleRequireInfo;
import java.lang.constant.ModuleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Rewrites the call sites in a JAR ahead of time. The result needs Salto beside it. */
public final class RewriteCommand implements ToIntFunction<List<String>> {
    private static final String OWNER = "dev/salto/StaticLinker";
    private static final ModuleDesc SALTO = ModuleDesc.of("dev.salto");

    static {
        HandOver.toLoader(RewriteCommand.class, new RewriteCommand());
    }

    private int classes;
    private int callSites;

    private RewriteCommand() {}

    @Override
    @SuppressWarnings("SystemOut") // a command
    public int applyAsInt(List<String> arguments) {
        if (arguments.size() != 2) {
            Messages.print(Options.HELP);
            return arguments.equals(List.of("--help")) ? 0 : 2;
        }
        try {
            Path from = Path.of(arguments.get(0));
            Path to = Path.of(arguments.get(1));
            rewrite(from, to);
            System.out.println("%s: %d call sites in %d classes call Salto".formatted(to, callSites, classes));
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            Messages.print("salto-agent: " + e);
            return 1;
        }
    }

    private void rewrite(Path from, Path to) throws IOException {
        if (Files.exists(to) && Files.isSameFile(from, to)) {
            throw new IOException("the new JAR is the old one; name another file");
        }
        try (ZipFile jar = new ZipFile(from.toFile())) {
            List<? extends ZipEntry> entries = Collections.list(jar.entries());
            List<byte[]> contents = new ArrayList<>();
            for (ZipEntry entry : entries) {
                requireUnsigned(entry.getName());
                try (InputStream content = jar.getInputStream(entry)) {
                    contents.add(rewritten(entry.getName(), content.readAllBytes()));
                }
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
                for (int i = 0; i < contents.size(); i++) {
                    write(out, entries.get(i), contents.get(i));
                }
            }
        }
    }

    /** The digests of a signature would be wrong. */
    private static void requireUnsigned(String name) throws IOException {
        if (name.startsWith("META-INF/") && name.toUpperCase(Locale.ROOT).endsWith(".SF")) {
            throw new IOException("the JAR is signed; remove the signature first, as " + name + " would be wrong");
        }
    }

    private byte[] rewritten(String name, byte[] content) {
        if (!name.endsWith(".class")) {
            return content;
        }
        if (name.endsWith("module-info.class")) {
            return requiringSalto(content);
        }
        CallSiteRewriter.Rewritten rewritten = CallSiteRewriter.rewrite(content, OWNER);
        if (rewritten == null) {
            return content;
        }
        classes++;
        callSites += rewritten.callSites();
        return rewritten.bytes();
    }

    private static byte[] requiringSalto(byte[] content) {
        ClassFile files = ClassFile.of();
        ClassModel module = files.parse(content);
        return files.transformClass(module, (builder, element) -> builder.with(
                element instanceof ModuleAttribute attribute ? requiringSalto(attribute) : element));
    }

    private static ModuleAttribute requiringSalto(ModuleAttribute module) {
        for (ModuleRequireInfo required : module.requires()) {
            if (required.requires().name().equalsString(SALTO.name())) {
                return module;
            }
        }
        return ModuleAttribute.of(module.moduleName().asSymbol(), builder -> {
            builder.moduleFlags(module.moduleFlagsMask());
            module.moduleVersion().ifPresent(version -> builder.moduleVersion(version.stringValue()));
            module.requires().forEach(builder::requires);
            builder.requires(SALTO, 0, null);
            module.exports().forEach(builder::exports);
            module.opens().forEach(builder::opens);
            module.uses().forEach(builder::uses);
            module.provides().forEach(builder::provides);
        });
    }

    private static void write(ZipOutputStream out, ZipEntry original, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(original.getName());
        entry.setTime(original.getTime());
        entry.setMethod(original.getMethod());
        if (original.getMethod() == ZipEntry.STORED) {
            CRC32 checksum = new CRC32();
            checksum.update(content);
            entry.setSize(content.length);
            entry.setCrc(checksum.getValue());
        }
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
