// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.plugin.Plugin;
import dev.salto.text.callers.Callers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plugins, each with a class loader of its own, bind closures. When these are closed, the plugin's
 * classes are unloaded.
 */
@Tag("host") // an interpreting JVM under emulation takes minutes for this
final class ClassUnloadingTest {
    /** Finds the plugin's classes itself, and all others in its parent. */
    private static final class PluginLoader extends URLClassLoader {
        PluginLoader() {
            super(new URL[]{Plugin.class.getProtectionDomain().getCodeSource().getLocation()},
                    ClassUnloadingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Plugin.class.getPackageName() + ".")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    /** Runs the plugin, and returns the function pointer that it closed. */
    @SuppressWarnings("unchecked")
    private static MemorySegment run(ClassLoader loader, Plugin.Way way) throws ReflectiveOperationException {
        Class<?> plugin = Class.forName(Plugin.class.getName(), true, loader);
        assertThat(plugin).isNotEqualTo(Plugin.class);
        Function<String, MemorySegment> bindsCallsAndCloses = (Function<String, MemorySegment>) plugin.getConstructor()
                .newInstance();
        return bindsCallsAndCloses.apply(way.name());
    }

    /** A plugin that nothing here refers to any more, and the function pointer of its closure. */
    private record Forgotten(WeakReference<ClassLoader> loader, MemorySegment function) {}

    private static Forgotten runAndForget(Plugin.Way way) throws ReflectiveOperationException, IOException {
        try (PluginLoader loader = new PluginLoader()) {
            return new Forgotten(new WeakReference<>(loader), run(loader, way));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "LEFT_OPEN", mode = EnumSource.Mode.EXCLUDE)
    void theLoaderOfAPluginGoesAfterItsClosuresAreClosed(Plugin.Way way) throws Exception {
        Garbage.awaitCollection(runAndForget(way).loader());
    }

    @ParameterizedTest
    @EnumSource(names = "LEFT_OPEN", mode = EnumSource.Mode.EXCLUDE)
    void loadingOneAfterTheOtherTakesNoMoreTablesOrMemory(Plugin.Way way) throws Exception {
        // The number of closures after which a call interface has used its share of a shared table,
        // and has one of its own.
        List<Forgotten> plugins = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            plugins.add(runAndForget(way));
        }
        for (Forgotten plugin : plugins) {
            Garbage.awaitCollection(plugin.loader());
        }
        long tables = Salto.statistics().tables();
        long heap = usedHeap();
        int more = Math.max(12, Amounts.scaled(20));
        for (int i = 0; i < more; i++) {
            Garbage.awaitCollection(runAndForget(way).loader());
        }

        assertThat(Salto.statistics().tables()).isLessThanOrEqualTo(tables);
        // A table's Java objects alone take 20 KB.
        assertThat(usedHeap() - heap).isLessThan(15_000L * more);
    }

    /** The least of several looks, because other threads of the JVM make objects, too. */
    private static long usedHeap() {
        return LongStream.range(0, 5).map(_ -> {
            System.gc();
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }).min().orElseThrow();
    }

    /**
     * A call of an unloaded plugin's stale pointer is noticed: the code behind it was not freed.
     */
    @Test
    void aFunctionPointerOfAPluginThatIsGoneReturnsZero() throws Exception {
        Forgotten plugin = runAndForget(Plugin.Way.OWN_INTERFACE);
        Garbage.awaitCollection(plugin.loader());
        List<UseAfterFree> calls = new ArrayList<>();
        Salto.override(ClosureOption.onUseAfterFree(calls::add));

        assertThat(Callers.callRepeatedly(plugin.function(), 1, 5)).isZero();

        Salto.override();
        assertThat(calls).hasSize(1).first()
                .satisfies(call -> assertThat(call.targetClass()).startsWith(Plugin.class.getName()));
    }

    @Test
    void aTypeThatWasIdleForLongWorksAgain() throws Exception {
        try (PluginLoader loader = new PluginLoader()) {
            assertThat(run(loader, Plugin.Way.OWN_INTERFACE)).isNotEqualTo(MemorySegment.NULL);
            long gates = Salto.statistics().gates();
            for (int i = 0; i < 5; i++) {
                System.gc();
                Thread.sleep(10);
            }

            assertThat(run(loader, Plugin.Way.OWN_INTERFACE)).isNotEqualTo(MemorySegment.NULL);
            assertThat(Salto.statistics().gates()).isEqualTo(gates);
        }
    }

    @Test
    void anOpenClosureKeepsItsLoader() throws Exception {
        Forgotten plugin = runAndForget(Plugin.Way.LEFT_OPEN);
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(plugin.loader().get()).isNotNull();
        assertThat(Callers.callRepeatedly(plugin.function(), 1, 5)).isEqualTo(12);
    }
}
