// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Function types as people write them in C. */
public final class CSignature {
    private CSignature() {}

    /** Returns a function's type, for example {@code int(void *, int64_t)}. */
    public static String of(FunctionDescriptor function) {
        StringBuilder text = new StringBuilder();
        if (function.returnLayout().isPresent()) {
            append(text, function.returnLayout().get());
        } else {
            text.append("void");
        }
        text.append('(');
        List<MemoryLayout> arguments = function.argumentLayouts();
        for (int i = 0; i < arguments.size(); i++) {
            text.append(i == 0 ? "" : ", ");
            append(text, arguments.get(i));
        }
        return text.append(')').toString();
    }

    private static void append(StringBuilder text, MemoryLayout layout) {
        ExtendedType extended = ExtendedType.of(layout);
        if (extended != null) {
            text.append(extended.inC());
        } else if (layout instanceof AddressLayout) {
            text.append("void *");
        } else if (layout instanceof ValueLayout value) {
            text.append(scalar(value.carrier()));
        } else if (layout instanceof GroupLayout group) {
            appendGroup(text, group);
        } else {
            text.append(layout);
        }
    }

    private static void appendGroup(StringBuilder text, GroupLayout group) {
        text.append(group instanceof UnionLayout ? "union " : "struct ");
        if (group.name().isPresent()) {
            text.append(group.name().get());
            return;
        }
        text.append("{ ");
        for (MemoryLayout member : group.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                appendMember(text, member);
                text.append("; ");
            }
        }
        text.append('}');
    }

    private static void appendMember(StringBuilder text, MemoryLayout member) {
        if (member instanceof SequenceLayout array) {
            appendMember(text, array.elementLayout());
            text.append('[').append(array.elementCount()).append(']');
        } else {
            append(text, member);
        }
    }

    private static String scalar(Class<?> carrier) {
        return switch (carrier.getName()) {
            case "boolean" -> "bool";
            case "byte" -> "int8_t";
            case "short" -> "int16_t";
            case "char" -> "uint16_t";
            case "long" -> "int64_t";
            default -> carrier.getName();
        };
    }
}
