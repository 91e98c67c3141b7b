// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a class file, whose constants can be found, and to which constants can be added.
 * The Java Virtual Machine Specification, chapter 4, has the format. Class files of later versions
 * work, too. The JDK's API for class files would take some 15 ms at the start of a JVM.
 */
final class ClassBytes {
    private static final int COUNT = 8;

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private static final int TABLE_SWITCH = 0xaa;
    private static final int LOOKUP_SWITCH = 0xab;
    private static final int WIDE = 0xc4;
    private static final int IINC = 0x84;

    /** The lengths of instructions by opcode, JVMS chapter 6; 0 if {@link #length} finds it. */
    private static final String LENGTHS = "1".repeat(16) + "23233" + "22222" + "1".repeat(28) + "22222"
            + "1".repeat(73) + "3" + "1".repeat(20) + "3".repeat(16) + "2" + "00" + "1".repeat(6)
            + "3".repeat(7) + "55" + "32311" + "3311" + "0" + "433" + "55";

    private final byte[] bytes;
    private final ByteBuffer file;

    /** The places of constants by index. */
    private final int[] places;

    /** The place behind the constants. */
    private final int end;

    private final ByteOutput added = new ByteOutput();
    private int count;

    /** Something that is done with each method that has code. */
    interface MethodVisitor {
        /**
         * Sees a method.
         *
         * @param member its place
         * @param code the place of its attribute {@code Code}
         */
        void visit(int member, int code);
    }

    /**
     * The class file with these bytes, which are changed in place.
     *
     * @throws IndexOutOfBoundsException if it is no class file, or damaged
     */
    ClassBytes(byte[] bytes) {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes);
        this.count = file.getChar(COUNT);
        this.places = new int[count];
        this.end = readConstants();
    }

    private int readConstants() {
        int place = COUNT + Character.BYTES;
        for (int i = 1; i < places.length; i++) {
            places[i] = place;
            int tag = bytes[place];
            place += switch (tag) {
                case UTF8 -> 3 + file.getChar(place + 1);
                case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> 3;
                case METHOD_HANDLE -> 4;
                case LONG, DOUBLE -> 9;
                default -> 5;
            };
            if (tag == LONG || tag == DOUBLE) {
                i++;
            }
        }
        return place;
    }

    int u1(int place) {
        return bytes[place] & 0xff;
    }

    int u2(int place) {
        return file.getChar(place);
    }

    int u4(int place) {
        return file.getInt(place);
    }

    void setU1(int place, int value) {
        bytes[place] = (byte) value;
    }

    void setU2(int place, int value) {
        file.putChar(place, (char) value);
    }

    /** Whether a constant is this text. */
    boolean isText(int index, String text) {
        int place = places[index];
        return u2(place + 1) == text.length()
                && new String(bytes, place + 3, text.length(), StandardCharsets.ISO_8859_1).equals(text);
    }

    /** Whether a constant is this method of a class or interface, of any type. */
    boolean isMethod(int index, String owner, String name) {
        int place = places[index];
        return (u1(place) == METHOD || u1(place) == INTERFACE_METHOD)
                && isText(u2(places[u2(place + 1)] + 1), owner) && isText(u2(places[u2(place + 3)] + 1), name);
    }

    /** Finds a method of an interface; 0 if there is none. */
    int findInterfaceMethod(String owner, String name, String type) {
        for (int i = 1; i < places.length; i++) {
            if (places[i] != 0 && u1(places[i]) == INTERFACE_METHOD && isMethod(i, owner, name)
                    && isText(u2(places[u2(places[i] + 3)] + 3), type)) {
                return i;
            }
        }
        return 0;
    }

    /**
     * Changes the method handles of a kind and method.
     *
     * @return their number
     */
    int changeHandles(int kind, int method, int newKind, int newMethod) {
        int changed = 0;
        for (int place : places) {
            if (place != 0 && u1(place) == METHOD_HANDLE && u1(place + 1) == kind && u2(place + 2) == method) {
                setU1(place + 1, newKind);
                setU2(place + 2, newMethod);
                changed++;
            }
        }
        return changed;
    }

    /** Visits the methods that have code. */
    void visitMethods(MethodVisitor visitor) {
        // Access flags, this class, superclass, interfaces.
        int place = end + 6;
        place += Character.BYTES * (1 + u2(place));
        for (int kind = 0; kind < 2; kind++) {
            int members = u2(place);
            place += Character.BYTES;
            for (int i = 0; i < members; i++) {
                place = visitMember(place, visitor);
            }
        }
    }

    private int visitMember(int member, MethodVisitor visitor) {
        int place = member + 8;
        for (int i = u2(member + 6); i > 0; i--) {
            if (isText(u2(place), "Code")) {
                visitor.visit(member, place);
            }
            place += 6 + u4(place + 2);
        }
        return place;
    }

    /**
     * The length of an instruction.
     *
     * @param offset its place in the method
     */
    int length(int place, int offset) {
        int opcode = u1(place);
        int operands = place + 1 + (3 - offset % 4);
        return switch (opcode) {
            case TABLE_SWITCH -> operands + 12 + 4 * (u4(operands + 8) - u4(operands + 4) + 1) - place;
            case LOOKUP_SWITCH -> operands + 8 + 8 * u4(operands + 4) - place;
            case WIDE -> u1(place + 1) == IINC ? 6 : 4;
            default -> LENGTHS.charAt(opcode) - '0';
        };
    }

    /** Adds a text of ASCII characters, and returns its index. */
    int addText(String text) {
        added.u1(UTF8);
        added.u2(text.length());
        added.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return count++;
    }

    /** Adds a class, and returns its index. */
    int addClass(String name) {
        int text = addText(name);
        added.u1(CLASS);
        added.u2(text);
        return count++;
    }

    /** Adds a method of a class, and returns its index. */
    int addMethod(String owner, String name, String type) {
        int ownerClass = addClass(owner);
        int nameText = addText(name);
        int typeText = addText(type);
        added.u1(NAME_AND_TYPE);
        added.u2(nameText);
        added.u2(typeText);
        int nameAndType = count++;
        added.u1(METHOD);
        added.u2(ownerClass);
        added.u2(nameAndType);
        return count++;
    }

    /** The class file with the added constants. */
    byte[] toBytes() {
        return toBytes(bytes.length, bytes.length, new byte[0]);
    }

    /** The class file with the added constants, and other bytes in place of some. */
    byte[] toBytes(int from, int to, byte[] other) {
        ByteOutput all = new ByteOutput();
        all.write(bytes, 0, COUNT);
        all.u2(count);
        all.write(bytes, COUNT + Character.BYTES, end - COUNT - Character.BYTES);
        all.writeBytes(added.toByteArray());
        all.write(bytes, end, from - end);
        all.writeBytes(other);
        all.write(bytes, to, bytes.length - to);
        return all.toByteArray();
    }
}
