// SPDX-License-Identifier: Apache-2.0

package dev.salto.osgi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Closure;
import dev.salto.ClosureType;
import dev.salto.Report;
import dev.salto.Salto;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntBinaryOperator;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A bundle that native code calls back, by an interface of the JDK and by one of its own, while
 * events are recorded.
 */
public final class CallbackBundle implements BundleActivator {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** The class of the interface that this bundle brings along. */
    public static final Class<?> OWN_INTERFACE = Operator.class;

    /** Known to this bundle alone. */
    private interface Operator {
        @SuppressWarnings("UnusedMethod") // called by native code
        int apply(int a, int b);
    }

    @Override
    public void start(BundleContext context) throws Exception {
        Path file = Files.createTempFile("salto-", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.salto.GateMade");
            recording.start();
            print("shared", ClosureType.of(IntBinaryOperator.class, BINARY), (a, b) -> a * b);
            print("own", ClosureType.of(MethodHandles.lookup(), Operator.class, BINARY), (a, b) -> a + b);
            recording.dump(file);
            System.out.println("gates=" + RecordingFile.readAllEvents(file).size());
        } finally {
            Files.delete(file);
        }
        Report report = Salto.report();
        System.out.println("mechanism=" + report.mechanism());
        System.out.println("location=" + report.location());
    }

    private static <T> void print(String name, ClosureType<T> type, T target) throws Exception {
        try (Closure<T> closure = type.bind(target)) {
            var call = Linker.nativeLinker().downcallHandle(closure.address(), BINARY);
            System.out.println(name + "=" + call.invokeWithArguments(6, 7));
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the call of a closure failed", e);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // Nothing is open.
    }
}
