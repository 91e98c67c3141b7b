// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import org.jspecify.annotations.Nullable;

/**
 * Inserts a question into the method of the JDK's linker that makes upcall stubs, behind its check
 * of native access. An answer that is not null is returned.
 */
final class LinkerRewriter implements ClassBytes.MethodVisitor {
    private static final String REFLECTION = "jdk/internal/reflect/Reflection";
    private static final String CALLER = "getCallerClass";
    private static final String CHECK = "ensureNativeAccess";
    private static final String METHOD = "upcallStub";

    /** The caller's class, the linker, and the parameters. */
    private static final String QUESTION = "(Ljava/lang/Class;Ljava/lang/foreign/Linker;"
            + CallSiteRewriter.TYPE.substring(1);

    private static final int ALOAD = 0x19;
    private static final int ALOAD_0 = 0x2a;
    private static final int ASTORE = 0x3a;
    private static final int POP = 0x57;
    private static final int DUP = 0x59;
    private static final int FIRST_BRANCH = 0x99;
    private static final int RETURN = 0xb1;
    private static final int ARETURN = 0xb0;
    private static final int INVOKE_STATIC = 0xb8;
    private static final int IFNULL = 0xc6;
    private static final int IFNONNULL = 0xc7;

    /** The parameters beyond those that have short instructions. */
    private static final int LAST_PARAMETER = 4;

    /** The length of the first instruction, which finds the caller. */
    private static final int FIRST = 3;

    /** The length of what keeps the caller: the JVM takes up to 90 ns to find it again. */
    private static final int KEPT = 3;

    /** The length of all that is inserted; its last instruction is the target of its branch. */
    private static final int INSERTED = KEPT + 17;

    /** The class of the caller, six arguments, and one more. */
    private static final int STACK = 8;

    private static final int OBJECT = 7;
    private static final int SAME_LOCALS_1_STACK_ITEM = 247;
    private static final int SAME = 64;
    private static final int SHORT_FRAMES = 128;

    private final ClassBytes file;
    private final String owner;

    /** The place of the attribute {@code Code}; 0 if the method was not found. */
    private int code;

    private LinkerRewriter(ClassBytes file, String owner) {
        this.file = file;
        this.owner = owner;
    }

    /**
     * Rewrites the linker.
     *
     * @param owner the internal name of the class with the method that is asked
     * @return null if the linker has no such method, or not in the form of JDK 25
     */
    static byte @Nullable [] rewrite(byte[] original, String owner) {
        LinkerRewriter rewriter = new LinkerRewriter(new ClassBytes(original.clone()), owner);
        rewriter.file.visitMethods(rewriter);
        return rewriter.code == 0 ? null : rewriter.rewrite();
    }

    @Override
    public void visit(int member, int place) {
        if (file.isText(file.u2(member + 2), METHOD) && file.isText(file.u2(member + 4), CallSiteRewriter.TYPE)) {
            code = place;
        }
    }

    private byte @Nullable [] rewrite() {
        int start = code + 14;
        int length = file.u4(code + 10);
        int check = findCheck(start, length);
        int attributes = start + length;
        if (check == 0 || file.u2(attributes) != 0) {
            return null;
        }
        ByteOutput out = new ByteOutput();
        out.u2(Math.max(file.u2(code + 6), STACK));
        int caller = file.u2(code + 8);
        out.u2(caller + 1);
        out.u4(length + INSERTED);
        copy(out, start, start + FIRST);
        out.u1(DUP);
        out.u1(ASTORE);
        out.u1(caller);
        copy(out, start + FIRST, check);
        insert(out, caller);
        copy(out, check, attributes + Character.BYTES);
        if (!writeAttributes(out, attributes + Character.BYTES, check - start)) {
            return null;
        }
        ByteOutput attribute = new ByteOutput();
        attribute.u2(file.u2(code));
        attribute.u4(out.size());
        attribute.writeBytes(out.toByteArray());
        return file.toBytes(code, code + 6 + file.u4(code + 2), attribute.toByteArray());
    }

    /**
     * The place behind the check; 0 if there is none, a branch before it, or another beginning than
     * the caller.
     */
    private int findCheck(int start, int length) {
        int place = start;
        if (file.u1(start) != INVOKE_STATIC || !file.isMethod(file.u2(start + 1), REFLECTION, CALLER)) {
            return 0;
        }
        while (place < start + length) {
            int opcode = file.u1(place);
            int next = place + file.length(place, place - start);
            if (opcode == INVOKE_STATIC && file.isMethod(file.u2(place + 1), REFLECTION, CHECK)) {
                return next;
            }
            if ((opcode >= FIRST_BRANCH && opcode <= RETURN) || opcode == IFNULL || opcode == IFNONNULL) {
                return 0;
            }
            place = next;
        }
        return 0;
    }

    private void insert(ByteOutput out, int caller) {
        out.u1(ALOAD);
        out.u1(caller);
        for (int i = 0; i < LAST_PARAMETER; i++) {
            out.u1(ALOAD_0 + i);
        }
        out.u1(ALOAD);
        out.u1(LAST_PARAMETER);
        out.u1(INVOKE_STATIC);
        out.u2(file.addMethod(owner, METHOD, QUESTION));
        out.u1(DUP);
        out.u1(IFNULL);
        out.u2(4);
        out.u1(ARETURN);
        out.u1(POP);
    }

    /**
     * Writes the attributes of the code that the JVM needs, without the names of variables for
     * debuggers.
     *
     * @return false if there are unknown ones
     */
    private boolean writeAttributes(ByteOutput out, int place, int offset) {
        int attribute = place + Character.BYTES;
        boolean isKnown = true;
        out.u2(2);
        for (int i = file.u2(place); i > 0; i--) {
            int name = file.u2(attribute);
            int end = attribute + 6 + file.u4(attribute + 2);
            if (file.isText(name, "LineNumberTable")) {
                writeLines(out, attribute, end, offset);
            } else if (file.isText(name, "StackMapTable")) {
                isKnown &= writeFrames(out, attribute, end, offset);
            } else {
                isKnown &= file.isText(name, "LocalVariableTable");
            }
            attribute = end;
        }
        return isKnown;
    }

    private void writeLines(ByteOutput out, int attribute, int end, int offset) {
        copy(out, attribute, attribute + 8);
        for (int line = attribute + 8; line < end; line += 4) {
            int start = file.u2(line);
            out.u2(start + (start < FIRST ? 0 : start < offset ? KEPT : INSERTED));
            out.u2(file.u2(line + 2));
        }
    }

    /**
     * Writes stack maps: first one for the target of the inserted branch, where the answer is on
     * the stack. The next one counts from there.
     */
    private boolean writeFrames(ByteOutput out, int attribute, int end, int offset) {
        int frame = attribute + 8;
        int type = file.u1(frame);
        boolean isShort = type < SHORT_FRAMES;
        int delta = (isShort ? type % SAME : file.u2(frame + 1)) - offset;
        if (delta < 0 || (type >= SHORT_FRAMES && type < SAME_LOCALS_1_STACK_ITEM)) {
            return false;
        }
        out.u2(file.u2(attribute));
        out.u4(file.u4(attribute + 2) + 6);
        out.u2(file.u2(attribute + 6) + 1);
        out.u1(SAME_LOCALS_1_STACK_ITEM);
        out.u2(offset + INSERTED - 1);
        out.u1(OBJECT);
        out.u2(file.addClass("java/lang/foreign/MemorySegment"));
        if (isShort) {
            out.u1(type - type % SAME + delta);
            copy(out, frame + 1, end);
        } else {
            out.u1(type);
            out.u2(delta);
            copy(out, frame + 3, end);
        }
        return true;
    }

    private void copy(ByteOutput out, int from, int to) {
        for (int i = from; i < to; i++) {
            out.u1(file.u1(i));
        }
    }
}
