// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Lets other processes bind, rebind and close closures while their heaps are full: see
 * {@link FullHeap}.
 */
final class FullHeapWorker implements Worker {
    private final SplittableRandom random;
    private final Ledger ledger;

    FullHeapWorker(SplittableRandom random, Ledger ledger) {
        this.random = random;
        this.ledger = ledger;
    }

    @Override
    public void round() {
        try {
            Process process = new ProcessBuilder(command()).redirectErrorStream(true).start();
            List<String> output;
            try (Stream<String> lines = process.inputReader().lines()) {
                output = lines.toList();
            }
            int exitCode = process.waitFor();
            if (exitCode == 0) {
                ledger.add(Work.FULL_HEAP, Integer.parseInt(output.getLast()));
            } else {
                ledger.wrong("a process with a full heap ended with %s: %s".formatted(exitCode,
                        String.join("; ", output)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts workers", e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx16m", "-XX:+UseSerialGC"));
        String modules = System.getProperty("jdk.module.path");
        if (modules == null) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--class-path",
                    System.getProperty("java.class.path"), FullHeap.class.getName()));
        } else {
            command.addAll(
                    List.of("--enable-native-access=dev.salto,dev.salto.text", "--module-path", modules, "--module",
                            "dev.salto.cli/" + FullHeap.class.getName()));
        }
        command.add(Long.toString(random.nextLong()));
        return command;
    }
}
