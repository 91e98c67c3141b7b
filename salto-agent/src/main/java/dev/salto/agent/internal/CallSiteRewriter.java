// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import org.jspecify.annotations.Nullable;

/**
 * Rewrites calls of {@code Linker.upcallStub} in a class file to calls of a static method with the
 * same parameters behind the linker. An {@code invokeinterface} becomes an {@code invokestatic} of
 * the same length with two {@code nop}s, so that offsets and stack maps stay. References to the
 * method become references to the static one.
 */
final class CallSiteRewriter implements ClassBytes.MethodVisitor {
    private static final String LINKER = "java/lang/foreign/Linker";
    private static final String METHOD = "upcallStub";
    private static final String PARAMETERS = "Ljava/lang/invoke/MethodHandle;Ljava/lang/foreign/FunctionDescriptor;"
            + "Ljava/lang/foreign/Arena;[Ljava/lang/foreign/Linker$Option;)Ljava/lang/foreign/MemorySegment;";

    /** The type of the linker's method. */
    static final String TYPE = "(" + PARAMETERS;

    private static final String STATIC_TYPE = "(L" + LINKER + ";" + PARAMETERS;

    private static final int INVOKE_STATIC_KIND = 6;
    private static final int INVOKE_INTERFACE_KIND = 9;
    private static final int INVOKE_STATIC = 0xb8;
    private static final int INVOKE_INTERFACE = 0xb9;

    private final ClassBytes file;
    private final int method;
    private final int replacement;
    private int rewritten;

    private CallSiteRewriter(ClassBytes file, int method, int replacement) {
        this.file = file;
        this.method = method;
        this.replacement = replacement;
    }

    /** A class file with its call sites rewritten, and their number. */
    static final class Rewritten {
        private final byte[] bytes;
        private final int callSites;

        private Rewritten(byte[] bytes, int callSites) {
            this.bytes = bytes;
            this.callSites = callSites;
        }

        byte[] bytes() {
            return bytes;
        }

        int callSites() {
            return callSites;
        }
    }

    /**
     * Rewrites a class file.
     *
     * @param owner the internal name of the class with the static method
     * @return null if there is no call site
     * @throws IllegalArgumentException if it is no class file, or damaged
     */
    static @Nullable Rewritten rewrite(byte[] original, String owner) {
        try {
            ClassBytes file = new ClassBytes(original.clone());
            int method = file.findInterfaceMethod(LINKER, METHOD, TYPE);
            if (method == 0) {
                return null;
            }
            CallSiteRewriter rewriter = new CallSiteRewriter(file, method,
                    file.addMethod(owner, METHOD, STATIC_TYPE));
            file.visitMethods(rewriter);
            int all = rewriter.rewritten + file.changeHandles(INVOKE_INTERFACE_KIND, method, INVOKE_STATIC_KIND,
                    rewriter.replacement);
            return all == 0 ? null : new Rewritten(file.toBytes(), all);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it is no class file, or it is damaged", e);
        }
    }

    @Override
    public void visit(int member, int code) {
        int start = code + 14;
        int end = start + file.u4(code + 10);
        int place = start;
        while (place < end) {
            int length = file.length(place, place - start);
            if (file.u1(place) == INVOKE_INTERFACE && file.u2(place + 1) == method) {
                file.setU1(place, INVOKE_STATIC);
                file.setU2(place + 1, replacement);
                file.setU2(place + 3, 0);
                rewritten++;
            }
            place += length;
        }
    }
}
