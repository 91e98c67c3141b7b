// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import dev.salto.benchmarks.peers.Shape;
import dev.salto.text.callers.Callers;

/** Finds out whether a peer works here, and which types of function it gets right. */
public final class Probe {
    private Probe() {}

    /**
     * Finds out.
     *
     * @param arguments the peer
     */
    public static void main(String[] arguments) {
        int code = 0;
        try {
            probe(Peer.valueOf(arguments[0]));
        } catch (Throwable e) { // whatever it is, the peer does not work
            new Message.Failure(Message.describe(e)).send();
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }

    private static void probe(Peer peer) {
        peer.prepare(step -> new Message.Progress(step).send());
        Callbacks<?> callbacks = peer.callbacks(2);
        callbacks.openWithClassesOfTheirOwn();
        int answer = Callers.callInTurn(callbacks.functions(), 2, 2, 5);
        if (answer != 5 + 1 + 1) {
            throw new IllegalStateException("callbacks answered %d instead of 7".formatted(answer));
        }
        callbacks.close(0, 2);
        for (Shape shape : Shape.values()) {
            String figure = "call-" + shape.key();
            try {
                if (!shape.answersRight(callbacks.open(shape))) {
                    new Message.Unmeasured(figure, "it answers wrongly").send();
                }
            } catch (RuntimeException | LinkageError e) {
                new Message.Unmeasured(figure, Message.describe(e)).send();
            }
        }
    }
}
