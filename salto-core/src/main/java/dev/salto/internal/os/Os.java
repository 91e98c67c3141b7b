// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operating system, for Salto. No method ever makes memory that is writable and executable.
 *
 * <p>Methods may be called by any thread.
 */
public interface Os {
    /** The name of the source that copies the image into memory, as users write it. */
    String SEALED_COPY = "memfd";

    /** The systems with text images, for messages. */
    String SUPPORTED = "Linux and Windows";

    /** The end of the names of ports that are not for Linux. */
    String OTHER_SUFFIX = "-windows";

    /** Returns the platforms of ports by their names, for messages. */
    static String platforms(List<String> ports) {
        List<String> onLinux = new ArrayList<>();
        List<String> onWindows = new ArrayList<>();
        for (String port : ports) {
            if (port.endsWith(OTHER_SUFFIX)) {
                onWindows.add(port.substring(0, port.length() - OTHER_SUFFIX.length()));
            } else {
                onLinux.add(port);
            }
        }
        return "Linux on %s; Windows on %s".formatted(String.join(", ", onLinux), String.join(", ", onWindows));
    }

    /** Returns the system that this JVM runs on. */
    static Os current() {
        return ThisSystem.OS;
    }

    /** Whether there are text images for this system. */
    boolean hasPort();

    /**
     * Returns the name of the port for a processor.
     *
     * @param processor the value of the system property {@code os.arch}
     */
    default String port(String processor) {
        return processor;
    }

    /**
     * Whether code is mapped from whole files only. Then it cannot be mapped in place in a JAR, and
     * not from memory. A file cannot be removed or changed while code is mapped from it.
     */
    default boolean mapsWholeFilesOnly() {
        return false;
    }

    /** Returns the size of a page in bytes, or 0 if the system cannot be asked. */
    int pageSize();

    /** Opens a file for reading. Programs that this process starts do not inherit it. */
    OpenFile open(Path file) throws OsException;

    /**
     * Copies bytes into a sealed file in memory. It has no name, and nobody can change it.
     *
     * @param name a name for people who look at this process
     */
    OpenFile sealedCopy(String name, MemorySegment content) throws OsException;

    /**
     * Whether the attempt to make a {@link #sealedCopy} may end this process. A filter for system
     * calls can do that without notice.
     */
    boolean mayEndProcessForSealedCopy();

    /** Returns the remedy if {@link #sealedCopy} or a mapping of its result is refused. */
    String remedyForSealedCopy();

    /** Returns a number that nobody can guess. */
    long random() throws OsException;

    /**
     * Maps the code of both kinds of tables read+execute.
     *
     * @param file the file, which may be closed afterwards
     * @param offset where the code begins in it, in bytes
     */
    CodeMapping map(OpenFile file, long offset, TableShape shape) throws OsException;

    /**
     * Maps memory that is zeroed and can be written.
     *
     * @param size in bytes
     */
    MemoryRange map(long size) throws OsException;

    /** Gives memory of {@link #map} back. Does nothing if the system refuses. */
    void unmap(MemoryRange memory);

    /** Lets memory of {@link #map} be written. */
    void allowWriting(MemoryRange memory) throws OsException;

    /** Makes memory of {@link #map} read-only. A write to it ends the process. */
    void forbidWriting(MemoryRange memory) throws OsException;

    /**
     * Makes every other running thread of the process execute a full memory barrier. Does nothing
     * if the system has no call for that.
     */
    void orderLoadsOfOtherThreads();

    /** Whether {@link #orderLoadsOfOtherThreads} does something. */
    boolean canOrderLoadsOfOtherThreads();

    /**
     * Sleeps until another thread wakes this address, or for no reason. Returns at once if the four
     * bytes there have another value. Nothing interrupts it.
     *
     * @param address a multiple of 4
     * @param expected the value with which it sleeps
     * @param nanos the longest time, in nanoseconds
     */
    void await(long address, int expected, long nanos);

    /** Wakes a thread that sleeps at an address. */
    void wake(long address);

    /**
     * Has a native function called when the process ends, before those that were registered
     * earlier.
     *
     * @param function the address of a {@code void (*)(void *)}
     * @param argument its argument
     */
    void atExit(long function, long argument) throws OsException;

    /** Initialises the classes that tables need later. Native code can be called by now. */
    void warmUp();

    /** Describes the system's limit on the number of tables, for messages. */
    String limitOfTables();

    /**
     * Describes the code at an address, for people: the address, its library, and the distance from
     * the beginning of that file. It takes no lock that a thread in native code can hold.
     */
    String describe(long address);

    /**
     * Calls a function that takes integers and pointers, or nothing, with zeros.
     *
     * @return its result, as a word
     */
    long callWithZeros(long function);

    /**
     * Returns the distance of {@code errno} from the thread pointer, which is the same in all
     * threads.
     *
     * @param calculator the address of a function that calculates it from the function with the
     *     address of {@code errno}
     */
    default long lastErrorOffset(long calculator) {
        throw new AssertionError("only text images for Linux have such a function");
    }

    /**
     * Returns the restrictions of the system that this process can see, by name, in a fixed order.
     */
    Map<String, String> restrictions();

    /**
     * Whether any part of any range is writable and executable.
     *
     * @return empty if the system does not show its mappings
     */
    Optional<Boolean> isAnyWritableAndExecutable(List<MemoryRange> ranges);
}
