// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Windows on x86-64. */
final class Windows implements Os {
    // PROCESS_MITIGATION_POLICY
    private static final int DYNAMIC_CODE = 2;
    private static final int CONTROL_FLOW_GUARD = 7;
    private static final int SIGNATURE = 8;
    private static final int IMAGE_LOAD = 10;
    private static final int USER_SHADOW_STACK = 15;

    private final WindowsCalls calls = new WindowsCalls();

    @Override
    public boolean hasPort() {
        return true;
    }

    @Override
    public String port(String processor) {
        return processor + OTHER_SUFFIX;
    }

    @Override
    public boolean mapsWholeFilesOnly() {
        return true;
    }

    @Override
    public int pageSize() {
        return NativeAccess.isPossible() ? calls.pageSize() : 0;
    }

    @Override
    public OpenFile open(Path file) throws OsException {
        return new Handle(this, calls.openForReading(file));
    }

    /** A handle of a file. */
    private record Handle(Windows system, long number) implements OpenFile {
        @Override
        public long size() throws OsException {
            return system.calls.size(number);
        }

        @Override
        public void read(long offset, MemorySegment to) throws OsException {
            system.calls.read(number, offset, to);
        }

        @Override
        public String explainLabel() {
            return "";
        }

        @Override
        public void close() {
            system.calls.close(number);
        }
    }

    @Override
    public OpenFile sealedCopy(String name, MemorySegment content) throws OsException {
        throw new OsException("Windows maps code from files only");
    }

    @Override
    public boolean mayEndProcessForSealedCopy() {
        return false;
    }

    @Override
    public String remedyForSealedCopy() {
        return "leave this source out";
    }

    @Override
    public long random() throws OsException {
        return calls.random();
    }

    @Override
    public CodeMapping map(OpenFile file, long offset, TableShape shape) throws OsException {
        if (offset != 0) {
            throw new OsException("Windows maps code from whole files only, not from byte %s on".formatted(offset));
        }
        return WindowsCode.map(calls, ((Handle) file).number(), shape);
    }

    @Override
    public MemoryRange map(long size) throws OsException {
        return new MemoryRange(calls.mapMemory(size), size);
    }

    @Override
    public void unmap(MemoryRange memory) {
        calls.unmapMemory(memory.address());
    }

    @Override
    public void allowWriting(MemoryRange memory) throws OsException {
        calls.protect(memory.address(), memory.size(), true);
    }

    @Override
    public void forbidWriting(MemoryRange memory) throws OsException {
        calls.protect(memory.address(), memory.size(), false);
    }

    @Override
    public void orderLoadsOfOtherThreads() {
        calls.flushWriteBuffers();
    }

    @Override
    public boolean canOrderLoadsOfOtherThreads() {
        return true;
    }

    @Override
    public void await(long address, int expected, long nanos) {
        throw new AssertionError("no image for Windows records calls");
    }

    @Override
    public void wake(long address) {
        throw new AssertionError("no image for Windows records calls");
    }

    @Override
    public void atExit(long function, long argument) {
        throw new AssertionError("no image for Windows has a function for the end of the process");
    }

    @Override
    public void warmUp() {
        calls.warmUp();
    }

    @Override
    public String limitOfTables() {
        return "each table takes 64 KiB of the memory that Windows can commit";
    }

    @Override
    public String describe(long address) {
        String number = "0x" + Long.toHexString(address);
        Optional<String> file = calls.mappedFile(address);
        Optional<WindowsCalls.Region> region = calls.query(address);
        if (file.isEmpty() || region.isEmpty()) {
            return number + " (no library's code; the JVM's own, or made at run time)";
        }
        return "%s (%s+0x%s)".formatted(number, file.get(), Long.toHexString(address - region.get().allocation()));
    }

    @Override
    public long callWithZeros(long function) {
        return calls.callWithZeros(function);
    }

    @Override
    public Map<String, String> restrictions() {
        Map<String, String> found = new LinkedHashMap<>();
        found.put("arbitraryCodeGuard", policy(DYNAMIC_CODE, "on", "", "", "audit"));
        found.put("controlFlowGuard", policy(CONTROL_FLOW_GUARD, "on", "export suppression", "strict"));
        found.put("imageSigning", policy(SIGNATURE, "Microsoft only", "Store only", "Microsoft, Store or WHQL"));
        found.put("imageLoad", policy(IMAGE_LOAD, "no remote images", "no images of low integrity"));
        found.put("shadowStack", policy(USER_SHADOW_STACK, "on", "audit"));
        return found;
    }

    /**
     * Reads a policy.
     *
     * @param names the meanings of the lowest bits; empty for one that does not matter
     */
    private String policy(int policy, String... names) {
        OptionalInt flags = NativeAccess.isPossible() ? calls.mitigationPolicy(policy) : OptionalInt.empty();
        if (flags.isEmpty()) {
            return "unknown";
        }
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            if ((flags.getAsInt() >> i & 1) != 0 && !names[i].isEmpty()) {
                found.append(found.isEmpty() ? "" : ", ").append(names[i]);
            }
        }
        return found.isEmpty() ? "off" : found.toString();
    }

    @Override
    public Optional<Boolean> isAnyWritableAndExecutable(List<MemoryRange> ranges) {
        for (MemoryRange range : ranges) {
            long at = range.address();
            while (at < range.address() + range.size()) {
                Optional<WindowsCalls.Region> region = calls.query(at);
                if (region.isEmpty()) {
                    return Optional.empty();
                }
                if (region.get().isWritableAndExecutable()) {
                    return Optional.of(true);
                }
                at = region.get().end();
            }
        }
        return Optional.of(false);
    }
}
