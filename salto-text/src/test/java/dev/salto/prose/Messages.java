// SPDX-License-Identifier: Apache-2.0

package dev.salto.prose;

import com.github.javaparser.JavaParser;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.ast.CompilationUnit;
import com.github.javaparser.ast.Node;
import com.github.javaparser.ast.body.FieldDeclaration;
import com.github.javaparser.ast.body.VariableDeclarator;
import com.github.javaparser.ast.expr.BinaryExpr;
import com.github.javaparser.ast.expr.ConditionalExpr;
import com.github.javaparser.ast.expr.EnclosedExpr;
import com.github.javaparser.ast.expr.Expression;
import com.github.javaparser.ast.expr.FieldAccessExpr;
import com.github.javaparser.ast.expr.MethodCallExpr;
import com.github.javaparser.ast.expr.NameExpr;
import com.github.javaparser.ast.expr.ObjectCreationExpr;
import com.github.javaparser.ast.expr.StringLiteralExpr;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The messages in the source code of a library, each with a sign for the parts that differ between
 * calls. Texts of its own constants are inserted.
 */
final class Messages {
    /** Stands for a value. */
    static final String VALUE = "\u2026";

    private static final ParserConfiguration CONFIGURATION = new ParserConfiguration()
            .setLanguageLevel(ParserConfiguration.LanguageLevel.RAW);
    /** Classes that log what they are given. */
    private static final Set<String> LOGS = Set.of("Warnings", "UncaughtExceptions");

    private static final Pattern PLACEHOLDER = Pattern.compile("%[-#0-9.]*[a-z]");
    private static final Pattern VALUES = Pattern.compile(VALUE + "(?:\\s*" + VALUE + ")+");
    private static final Pattern WORDS = Pattern.compile("\\p{L}+ \\p{L}+");

    private final Map<String, String> constants = new HashMap<>();
    private final Set<String> thrown = new TreeSet<>();
    private final Set<String> texts = new TreeSet<>();

    private Messages() {}

    /**
     * Reads the messages of all files.
     *
     * @param sources Java, one file each
     */
    static Messages of(List<String> sources) {
        JavaParser parser = new JavaParser(CONFIGURATION);
        List<CompilationUnit> units = sources.stream()
                .map(source -> parser.parse(source).getResult().orElseThrow(() -> new AssertionError("not Java")))
                .toList();
        Messages messages = new Messages();
        units.forEach(messages::addConstants);
        units.forEach(messages::addTexts);
        return messages;
    }

    /**
     * The messages of exceptions and of warnings. Those of errors that only a fault of the library
     * can cause are left out.
     */
    Set<String> thrown() {
        return thrown;
    }

    /** All texts, among them those that become parts of messages. */
    Set<String> texts() {
        return texts;
    }

    private void addConstants(CompilationUnit unit) {
        for (FieldDeclaration field : unit.findAll(FieldDeclaration.class)) {
            for (VariableDeclarator variable : field.getVariables()) {
                variable.getInitializer().filter(Expression::isStringLiteralExpr)
                        .ifPresent(text -> constants.put(typeOf(field) + "." + variable.getNameAsString(),
                                text.asStringLiteralExpr().asString()));
            }
        }
    }

    private void addTexts(CompilationUnit unit) {
        for (ObjectCreationExpr made : unit.findAll(ObjectCreationExpr.class)) {
            String type = made.getType().getNameAsString();
            boolean isFault = type.equals("AssertionError") || type.equals("LinkageError");
            boolean isSystemCall = type.equals("OsException");
            if (type.matches(".*(?:Exception|Error)") && !isFault && !isSystemCall) {
                made.getArguments().forEach(argument -> addMessages(thrown, argument));
            }
        }
        for (MethodCallExpr call : unit.findAll(MethodCallExpr.class)) {
            if (call.getScope().filter(scope -> LOGS.contains(scope.toString())).isPresent()) {
                call.getArguments().forEach(argument -> addMessages(thrown, argument));
            }
        }
        unit.findAll(StringLiteralExpr.class).forEach(text -> addMessages(texts, whole(text)));
    }

    /** The longest expression that a text is a part of. */
    private static Expression whole(Expression part) {
        Expression whole = part;
        while (whole.getParentNode().orElse(null) instanceof Expression outer && isText(outer, whole)) {
            whole = outer;
        }
        return whole;
    }

    /** Whether an expression is a text that another one is a part of. */
    private static boolean isText(Expression outer, Expression part) {
        return switch (outer) {
            case BinaryExpr sum -> sum.getOperator() == BinaryExpr.Operator.PLUS;
            case EnclosedExpr enclosed -> true;
            case MethodCallExpr call -> isFormat(call)
                    || (isFormatted(call) && call.getScope().equals(Optional.of(part)));
            default -> false;
        };
    }

    private void addMessages(Set<String> messages, Expression expression) {
        for (String text : templates(expression)) {
            String message = VALUES.matcher(text).replaceAll(VALUE).strip();
            if (WORDS.matcher(message).find()) {
                messages.add(message);
            }
        }
    }

    private Set<String> templates(Expression expression) {
        return switch (expression) {
            case StringLiteralExpr text -> Set.of(text.asString());
            case EnclosedExpr enclosed -> templates(enclosed.getInner());
            case ConditionalExpr choice -> {
                Set<String> both = new LinkedHashSet<>(templates(choice.getThenExpr()));
                both.addAll(templates(choice.getElseExpr()));
                yield both;
            }
            case BinaryExpr sum when sum.getOperator() == BinaryExpr.Operator.PLUS -> templates(sum.getLeft()).stream()
                    .flatMap(left -> templates(sum.getRight()).stream().map(right -> left + right))
                    .collect(Collectors.toSet());
            case MethodCallExpr call when isFormatted(call) -> filled(call.getScope().orElseThrow(),
                    call.getArguments());
            case MethodCallExpr call when isFormat(call) -> {
                int format = call.getArgument(0).toString().startsWith("Locale.") ? 1 : 0;
                yield filled(call.getArgument(format), call.getArguments().subList(format + 1,
                        call.getArguments().size()));
            }
            case NameExpr name -> Set.of(constant(typeOf(name) + "." + name.getNameAsString()));
            case FieldAccessExpr field -> Set.of(constant(field.toString()));
            default -> Set.of(VALUE);
        };
    }

    /** A call of {@code format.formatted(values)}. */
    private static boolean isFormatted(MethodCallExpr call) {
        return call.getNameAsString().equals("formatted") && call.getScope().isPresent();
    }

    /** A call of {@code String.format}, with or without a locale. */
    private static boolean isFormat(MethodCallExpr call) {
        return call.getNameAsString().equals("format")
                && call.getScope().filter(scope -> scope.toString().equals("String")).isPresent();
    }

    private Set<String> filled(Expression format, List<Expression> arguments) {
        return templates(format).stream().map(text -> filled(text, arguments)).collect(Collectors.toSet());
    }

    private String filled(String format, List<Expression> arguments) {
        Matcher placeholder = PLACEHOLDER.matcher(format);
        StringBuilder filled = new StringBuilder();
        int index = 0;
        while (placeholder.find()) {
            Expression argument = index < arguments.size() ? arguments.get(index) : new StringLiteralExpr(VALUE);
            boolean isConstant = argument instanceof NameExpr || argument instanceof FieldAccessExpr;
            String value = isConstant ? templates(argument).iterator().next() : VALUE;
            placeholder.appendReplacement(filled, Matcher.quoteReplacement(value));
            index++;
        }
        return placeholder.appendTail(filled).toString();
    }

    private String constant(String name) {
        return constants.getOrDefault(name, VALUE);
    }

    private static String typeOf(Node node) {
        return node.findCompilationUnit().flatMap(CompilationUnit::getPrimaryType)
                .map(type -> type.getNameAsString()).or(() -> node.findCompilationUnit()
                        .flatMap(unit -> unit.getTypes().getFirst()).map(type -> type.getNameAsString()))
                .orElse("");
    }
}
