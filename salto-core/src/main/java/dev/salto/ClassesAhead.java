// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.List;

/**
 * Loads classes of the first closure, while the thread that makes the closure links native
 * functions. If a processor is free, the first callback comes some 10 ms earlier.
 *
 * <p>It initializes no class, so no thread waits for this one.
 */
final class ClassesAhead implements Runnable {
    /** In the order of their use, without the common beginning of their names. */
    static final List<String> NAMES = List.of(
            "text.TextIndex$CodeByIndex", "text.Original", "text.Settings", "text.TextSource",
            "text.NamedFile", "text.TextAttempt", "text.InstalledLibrary", "text.SealedMemory",
            "text.TextSource$Opener", "text.TextSource$Place", "text.SealedMemory$Copy",
            "text.TextSource$OpenText", "os.CLibrary", "os.TableShape", "os.TableMemory", "gate.Gate",
            "gate.Gate$1", "failure.ExceptionHandling", "failure.ClosureSettings", "table.GateUse",
            "gate.Gate$Signature", "abi.ExtendedType", "abi.CallSequence",
            "abi.LinkerFaults", "gate.FunctionalMethod", "gate.Dispatcher$Callee", "gate.LayoutNames",
            "gate.GateSetting", "gate.Dispatcher$Recipe", "failure.ExceptionCatcher", "gate.Dispatcher",
            "failure.ReportedClosure$Finder", "table.Tables", "table.Tables$1", "table.ClosedCalls",
            "gate.DispatcherLink", "gate.GateStub",
            "gate.GateStub$Key", "abi.CallSequence$Result$InRegisters", "abi.Field", "abi.Piece",
            "abi.Storage$IntegerRegister", "abi.Storage$Stack", "abi.TrailingArgument", "table.Route",
            "events.Events", "events.Recorder", "data.ExitAnswers", "table.ExitAnswer", "table.Kind", "table.KindSlots",
            "table.Growth",
            "table.TrampolineGrowth", "table.SlotStore", "table.Turnover", "table.FirstSlots",
            "table.Depot", "table.SeenClasses", "table.Quarantine", "table.QuarantineSetting",
            "table.EmptyTables", "table.FreeSlots", "table.Magazines", "table.Magazine",
            "table.ClassListener", "gate.MixedGate", "table.ClassNames", "table.RecycledSlots",
            "table.SharedTables", "table.Table", "table.SharedTable", "table.Tables$Maker",
            "table.SharedTable$Maker", "table.AddressMap", "table.AddressMap$Entries",
            "table.Tables$UnnumberedTable", "table.BlockTable", "os.MemoryRange", "table.Grid",
            "table.TableState", "os.Memory", "table.Barrier", "table.ProcessExit", "table.EntryTable",
            "os.IndexTableMemory", "table.ProcessExit$Hook",
            "data.WarmUp", "failure.StackRoom", "table.Traces", "table.Upkeep", "table.StubTable", "failure.Guard",
            "failure.Guard$Pending", "failure.Guard$Omitted", "failure.StaleCalls", "failure.RateLimit",
            "failure.UncaughtExceptions", "failure.ReportThread", "failure.ReportThread$Report");

    private static boolean isStarted;

    private ClassesAhead() {}

    /** Begins, unless it has begun before. Does not wait. */
    static void load() {
        if (!isStarted) {
            // Several threads may begin, if they make their first types at the same time.
            isStarted = true;
            try {
                Thread thread = new Thread(null, new ClassesAhead(), "Salto classes", 0, false);
                thread.setDaemon(true);
                thread.start();
            } catch (OutOfMemoryError e) {
                // No thread can be started. The classes are loaded at their first use.
            }
        }
    }

    @Override
    public void run() {
        String start = ClassesAhead.class.getPackageName().concat(".internal.");
        try {
            for (String name : NAMES) {
                Class.forName(start.concat(name), false, ClassesAhead.class.getClassLoader());
            }
        } catch (ClassNotFoundException | LinkageError | OutOfMemoryError e) {
            // The thread that needs the class says so.
        }
    }
}
