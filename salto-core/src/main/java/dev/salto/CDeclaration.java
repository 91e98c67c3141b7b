// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.salto.internal.abi.CanonicalLayouts;
import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Port;
import dev.salto.internal.abi.Ports;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the declaration of a C function, as
 * {@link CallInterface#parse(Abi, String, Map, ClosureOption...)} describes.
 */
final class CDeclaration {
    /** The words that C combines to a type, in the order of the search. */
    private static final List<String> SPECIFIERS = List.of("_Complex", "signed", "unsigned", "short", "long", "char",
            "int", "float", "double", "__int128");

    private static final Set<String> QUALIFIERS = Set.of("const", "volatile", "restrict");
    private static final Set<String> TAGS = Set.of("struct", "union", "enum");
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(\\w+|\\.\\.\\.|[*(),])|(\\S)|$)");
    private static final String END = "";

    private final String text;
    private final Map<String, ? extends MemoryLayout> types;
    private final Matcher matcher;
    private String token = END;
    private int position;

    private @Nullable MemoryLayout result;
    private final List<MemoryLayout> arguments = new ArrayList<>();
    private int fixed = Convention.NO_DOTS;

    private CDeclaration(String text, Map<String, ? extends MemoryLayout> types) {
        this.text = text;
        this.types = types;
        this.matcher = TOKEN.matcher(text);
    }

    /**
     * Reads a declaration.
     *
     * @param types layouts by the names in {@code text} that C does not have
     * @throws IllegalArgumentException if {@code text} is no declaration; the message shows the
     *     place
     */
    static CDeclaration parse(String text, Map<String, ? extends MemoryLayout> types) {
        CDeclaration declaration = new CDeclaration(text, types);
        declaration.read();
        return declaration;
    }

    /** The function's type, with all its arguments. */
    FunctionDescriptor function() {
        MemoryLayout[] all = arguments.toArray(MemoryLayout[]::new);
        return result == null ? FunctionDescriptor.ofVoid(all) : FunctionDescriptor.of(result, all);
    }

    /**
     * The number of declared arguments; {@link Convention#NO_DOTS} for a function that is not
     * variadic.
     */
    int fixed() {
        return fixed;
    }

    private void read() {
        next();
        result = type();
        skipName();
        take("(");
        if (token.equals(")")) {
            next();
        } else {
            readArguments();
        }
        if (!token.equals(END)) {
            throw failure("nothing can follow the arguments");
        }
    }

    private void readArguments() {
        boolean isLast;
        do {
            readArgument();
            isLast = token.equals(")");
            if (!isLast && !token.equals(",")) {
                throw failure("\",\" or \")\" was expected");
            }
            next();
        } while (!isLast);
    }

    private void readArgument() {
        if (token.equals("...")) {
            if (fixed != Convention.NO_DOTS) {
                throw failure("there are dots already");
            }
            fixed = arguments.size();
            next();
            return;
        }
        int start = position;
        MemoryLayout argument = type();
        skipName();
        if (argument != null) {
            arguments.add(argument);
        } else if (!arguments.isEmpty() || !token.equals(")")) {
            throw failure(start, "void is no type of an argument");
        }
    }

    /** Reads a type. Returns null for void. */
    private @Nullable MemoryLayout type() {
        int start = position;
        String name = typeName();
        boolean isPointer = false;
        while (token.equals("*") || QUALIFIERS.contains(token)) {
            isPointer |= token.equals("*");
            next();
        }
        if (isPointer) {
            return ADDRESS;
        }
        if (name.equals("void")) {
            return null;
        }
        MemoryLayout own = types.get(name);
        MemoryLayout layout = own != null ? own : layout(name);
        if (layout == null) {
            throw failure(start, "\"%s\" is no type that is known; pass its layout in the map".formatted(name));
        }
        return layout;
    }

    /** Reads a type's name: one word, or several that C combines, which are put in order. */
    private String typeName() {
        List<String> specifiers = new ArrayList<>();
        String name = null;
        String tag = "";
        while (isWord() && (name == null || QUALIFIERS.contains(token))) {
            if (TAGS.contains(token)) {
                tag = token + " ";
            } else if (SPECIFIERS.contains(token)) {
                specifiers.add(token);
            } else if (!QUALIFIERS.contains(token)) {
                if (!specifiers.isEmpty()) {
                    break;
                }
                name = token;
            }
            next();
        }
        if (name == null && specifiers.isEmpty()) {
            throw failure("a type was expected");
        }
        return name != null ? tag + name : inOrder(specifiers);
    }

    private static String inOrder(List<String> specifiers) {
        List<String> words = new ArrayList<>(specifiers);
        words.sort((one, other) -> Integer.compare(SPECIFIERS.indexOf(one), SPECIFIERS.indexOf(other)));
        if (!words.contains("char")) {
            words.remove("signed");
        }
        if (words.contains("short") || words.contains("long") || words.isEmpty()) {
            words.remove("int");
        }
        return words.isEmpty() ? "int" : String.join(" ", words);
    }

    private void skipName() {
        if (isWord()) {
            next();
        }
    }

    private boolean isWord() {
        return !token.isEmpty() && (Character.isLetter(token.charAt(0)) || token.charAt(0) == '_');
    }

    private void take(String expected) {
        if (!token.equals(expected)) {
            throw failure("\"%s\" was expected".formatted(expected));
        }
        next();
    }

    private void next() {
        boolean _ = matcher.find();
        position = matcher.start(1) >= 0 ? matcher.start(1) : Math.max(matcher.start(2), matcher.start());
        if (matcher.group(2) != null) {
            position = matcher.start(2);
            throw failure("\"%s\" has no meaning here; write a pointer to a function as pointer"
                    .formatted(matcher.group(2)));
        }
        token = matcher.group(1) != null ? matcher.group(1) : END;
    }

    private IllegalArgumentException failure(String reason) {
        return failure(position, reason);
    }

    private IllegalArgumentException failure(int at, String reason) {
        return new IllegalArgumentException(
                "\"%s\" is no declaration of a function such as \"int(pointer, long)\": at character %d, %s"
                        .formatted(text, at + 1, reason));
    }

    /** The layout of a type of C; null if it is not known. */
    private static @Nullable MemoryLayout layout(String type) {
        return switch (type) {
            case "pointer" -> ADDRESS;
            case "bool", "_Bool" -> JAVA_BOOLEAN;
            case "char" -> hasSignedChar() ? JAVA_BYTE : NativeLayouts.unsignedChar();
            case "signed char", "int8_t" -> JAVA_BYTE;
            case "unsigned char", "uint8_t" -> NativeLayouts.unsignedChar();
            case "short", "int16_t" -> JAVA_SHORT;
            case "unsigned short", "uint16_t" -> NativeLayouts.unsignedShort();
            case "char16_t" -> JAVA_CHAR;
            case "int", "int32_t" -> JAVA_INT;
            case "unsigned", "unsigned int", "uint32_t", "char32_t" -> NativeLayouts.unsignedInt();
            case "long", "unsigned long", "ssize_t", "intptr_t", "uintptr_t", "ptrdiff_t" ->
                CanonicalLayouts.of("long");
            case "long long", "unsigned long long", "int64_t", "uint64_t" -> CanonicalLayouts.of("long long");
            case "size_t", "wchar_t", "double" -> CanonicalLayouts.of(type);
            case "float" -> JAVA_FLOAT;
            case "long double" -> NativeLayouts.longDouble();
            case "__float128", "_Float128" -> NativeLayouts.float128();
            case "_Float16" -> NativeLayouts.float16();
            case "__int128", "unsigned __int128" -> NativeLayouts.int128();
            case "_Complex float" -> NativeLayouts.complexFloat();
            case "_Complex double" -> NativeLayouts.complexDouble();
            case "_Complex long double" -> NativeLayouts.complexLongDouble();
            default -> null;
        };
    }

    private static boolean hasSignedChar() {
        return Ports.thisJvm().map(Port::hasSignedChar).orElseGet(Ports::usuallyHasSignedChar);
    }
}
