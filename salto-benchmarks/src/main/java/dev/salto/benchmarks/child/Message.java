// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import java.util.Optional;

/**
 * A line that a measuring program prints for its parent. Printing must work in a JVM without free
 * code cache, which can link nothing new. So it uses no lambdas and no switch over patterns.
 */
public sealed interface Message {
    /** The line, without its end. Fields are separated by tabs. */
    String line();

    /** One measured value. */
    record Sample(String figure, double value) implements Message {
        private static final String WORD = "sample";

        @Override
        public String line() {
            return String.join("\t", WORD, figure, Double.toString(value));
        }
    }

    /** One measured value of a program that measures several peers. */
    record PeerSample(String figure, String peer, double value) implements Message {
        private static final String WORD = "peer-sample";

        @Override
        public String line() {
            return String.join("\t", WORD, figure, peer, Double.toString(value));
        }
    }

    /** Something that this peer cannot do, or does wrongly. */
    record Unmeasured(String figure, String why) implements Message {
        private static final String WORD = "unmeasured";

        @Override
        public String line() {
            return String.join("\t", WORD, figure, oneLine(why));
        }
    }

    /** The number of live callbacks now, in case it is the last message. */
    record Live(long count) implements Message {
        private static final String WORD = "live";

        @Override
        public String line() {
            return String.join("\t", WORD, Long.toString(count));
        }
    }

    /** The limit of live callbacks. */
    record Limit(long count, String why) implements Message {
        private static final String WORD = "limit";

        @Override
        public String line() {
            return String.join("\t", WORD, Long.toString(count), oneLine(why));
        }
    }

    /** The operation that takes so long. */
    record Progress(String step) implements Message {
        private static final String WORD = "progress";

        @Override
        public String line() {
            return String.join("\t", WORD, oneLine(step));
        }
    }

    /** It could not measure at all. */
    record Failure(String why) implements Message {
        private static final String WORD = "failure";

        @Override
        public String line() {
            return String.join("\t", WORD, oneLine(why));
        }
    }

    /** The message in a line; empty for other lines, which libraries print. */
    static Optional<Message> parse(String line) {
        String[] fields = line.split("\t", -1);
        return Optional.ofNullable(switch (fields[0] + " " + fields.length) {
            case Sample.WORD + " 3" -> new Sample(fields[1], Double.parseDouble(fields[2]));
            case PeerSample.WORD + " 4" -> new PeerSample(fields[1], fields[2], Double.parseDouble(fields[3]));
            case Unmeasured.WORD + " 3" -> new Unmeasured(fields[1], fields[2]);
            case Live.WORD + " 2" -> new Live(Long.parseLong(fields[1]));
            case Limit.WORD + " 3" -> new Limit(Long.parseLong(fields[1]), fields[2]);
            case Progress.WORD + " 2" -> new Progress(fields[1]);
            case Failure.WORD + " 2" -> new Failure(fields[1]);
            default -> null;
        });
    }

    /** Prints the line. */
    default void send() {
        System.out.println(line());
        System.out.flush();
    }

    /** Prints a value. */
    static void sample(Figure figure, double value) {
        new Sample(figure.key(), value).send();
    }

    /** An exception's class and message, without code that some states of the JVM cannot run. */
    static String describe(Throwable e) {
        Throwable cause = e;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String kind = cause.getClass().getSimpleName();
        String message = cause.getMessage();
        if (message == null) {
            return kind;
        }
        return cause instanceof UnsupportedOperationException ? message : kind.concat(": ").concat(message);
    }

    private static String oneLine(String text) {
        return text.strip().replace('\n', ' ').replace('\t', ' ');
    }
}
