// SPDX-License-Identifier: Apache-2.0

package dev.salto.libraries;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static dev.salto.text.callers.CTypes.WORD;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.Amounts;
import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.CurrentCall;
import dev.salto.text.callers.Footprint;
import dev.salto.text.callers.LeavingCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Functions of Lua in Java that raise errors and yield: {@code lua_error} and {@code lua_yieldk}
 * jump over their caller, which must be no Java frame.
 */
@Tag("port")
final class LuaTest {
    private static final int LUA_OK = 0;
    private static final int LUA_YIELD = 1;
    private static final int LUA_ERRRUN = 2;
    private static final int LUA_GCCOLLECT = 2;
    private static final int LUA_GCCOUNT = 3;

    /** The garbage of a loop is collected from time to time, in KiB. */
    private static final int FEW_KIBIBYTES = 200;

    /** The heap of the JVM grows, too. */
    private static final long MUCH_MEMORY = 64L << 20;

    /** A few frames. */
    private static final long SMALL_STACK = 64L << 10;

    private static final CallInterface FUNCTION = CallInterface.parse("int(pointer)");
    private static final CallInterface CONTINUATION = CallInterface.parse("int(pointer, int, intptr_t)");

    private static final MemorySegment NULL = MemorySegment.NULL;

    private final Library lua = Library.open("liblua5.4.so.0", "liblua5.4-0");
    private final MethodHandle newState = lua.link("luaL_newstate", FunctionDescriptor.of(ADDRESS));
    private final MethodHandle closeState = lua.link("lua_close", FunctionDescriptor.ofVoid(ADDRESS));
    private final MethodHandle pushFunction = lua.link("lua_pushcclosure",
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT));
    private final MethodHandle pushInteger = lua.link("lua_pushinteger", FunctionDescriptor.ofVoid(ADDRESS, LONG_LONG));
    private final MethodHandle toInteger = lua.link("lua_tointegerx",
            FunctionDescriptor.of(LONG_LONG, ADDRESS, JAVA_INT, ADDRESS));
    private final MethodHandle toString = lua.link("lua_tolstring",
            FunctionDescriptor.of(Library.STRING, ADDRESS, JAVA_INT, ADDRESS));
    private final MethodHandle protectedCall = lua.link("lua_pcallk",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, WORD, ADDRESS));
    private final MethodHandle setTop = lua.link("lua_settop", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    private final MethodHandle newThread = lua.link("lua_newthread", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private final MethodHandle resume = lua.link("lua_resume",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    private final MethodHandle collect = lua.link("lua_gc", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private final MemorySegment error = lua.find("lua_error");
    private final MemorySegment formattedError = lua.find("luaL_error");
    private final MemorySegment yield = lua.find("lua_yieldk");

    private MemorySegment state = NULL;

    interface LuaFunction {
        int call(MemorySegment state);
    }

    @BeforeEach
    void open() throws Throwable {
        state = (MemorySegment) newState.invokeExact();
        assertThat(state).isNotEqualTo(NULL);
    }

    @AfterEach
    void close() throws Throwable {
        closeState.invokeExact(state);
    }

    private void push(MemorySegment thread, long number) {
        try {
            pushInteger.invokeExact(thread, number);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private long integer(MemorySegment thread, int index) {
        try {
            return (long) toInteger.invokeExact(thread, index, NULL);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Calls a function with a number; the result or the error is on the stack then. */
    private int call(MemorySegment function, long number) {
        try {
            pushFunction.invokeExact(state, function, 0);
            pushInteger.invokeExact(state, number);
            return protectedCall(1);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private int protectedCall(int arguments) throws Throwable {
        return WORD.byteSize() == Long.BYTES
                ? (int) protectedCall.invokeExact(state, arguments, 1, 0, 0L, NULL)
                : (int) protectedCall.invokeExact(state, arguments, 1, 0, 0, NULL);
    }

    private int kibibytes() throws Throwable {
        int _ = (int) collect.invokeExact(state, LUA_GCCOLLECT);
        return (int) collect.invokeExact(state, LUA_GCCOUNT);
    }

    @Test
    void aFunctionRaisesErrorsAgainAndAgain() throws Throwable {
        int rounds = Amounts.scaled(100_000);
        long[] depths = {Long.MAX_VALUE, Long.MIN_VALUE};
        try (Closure<ArgumentHandler> closure = FUNCTION.bind(arguments -> {
            MemorySegment thread = arguments.getAddress(0);
            long depth = LeavingCallers.depthOfStack();
            depths[0] = Math.min(depths[0], depth);
            depths[1] = Math.max(depths[1], depth);
            push(thread, 3 * integer(thread, 1));
            arguments.leaveBy(error, thread.address());
        })) {
            int before = 0;
            long memory = 0;
            for (int i = 0; i < rounds; i++) {
                assertThat(call(closure.address(), i)).isEqualTo(LUA_ERRRUN);
                assertThat(integer(state, -1)).isEqualTo(3L * i);
                setTop.invokeExact(state, 0);
                if (i == rounds / 2) {
                    before = kibibytes();
                    memory = Footprint.now().residentBytes();
                }
            }
            assertThat(kibibytes() - before).isLessThan(FEW_KIBIBYTES);
            assertThat(Footprint.now().residentBytes() - memory).isLessThan(MUCH_MEMORY);
            assertThat(depths[1] - depths[0]).isLessThan(SMALL_STACK);
        }
    }

    @Test
    void anErrorInACallWithinACallReachesTheInnerOne() {
        try (Closure<ArgumentHandler> inner = FUNCTION.bind(arguments -> {
            MemorySegment thread = arguments.getAddress(0);
            push(thread, integer(thread, 1) + 1);
            arguments.leaveBy(error, thread.address());
        }); Closure<ArgumentHandler> outer = FUNCTION.bind(arguments -> {
            MemorySegment thread = arguments.getAddress(0);
            assertThat(call(inner.address(), integer(thread, 1))).isEqualTo(LUA_ERRRUN);
            assertThat(integer(thread, -1)).isEqualTo(8);
            push(thread, integer(thread, -1) * 2);
            arguments.setReturn(1);
        })) {
            assertThat(call(outer.address(), 7)).isEqualTo(LUA_OK);
            assertThat(integer(state, -1)).isEqualTo(16);
        }
    }

    @Test
    void aTypedClosureRaisesAnErrorWithAFormat() throws Throwable {
        ClosureType<LuaFunction> type = ClosureType.of(MethodHandles.lookup(), LuaFunction.class,
                FunctionDescriptor.of(JAVA_INT, ADDRESS), ClosureOption.currentCall());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment format = arena.allocateFrom("wrong number: %d of %d");
            MemorySegment function = type.bind(thread -> {
                CurrentCall.leaveBy(formattedError, thread.address(), format.address(), integer(thread, 1), 12);
                return 0;
            }, arena);
            for (int i = 0; i < 100; i++) {
                assertThat(call(function, -i)).isEqualTo(LUA_ERRRUN);
                MemorySegment message = (MemorySegment) toString.invokeExact(state, -1, NULL);
                assertThat(message.getString(0)).isEqualTo("wrong number: %d of 12".formatted(-i));
                setTop.invokeExact(state, 0);
            }
        }
    }

    @Test
    void aCoroutineYieldsAgainAndAgainAndGoesOnInAContinuation() throws Throwable {
        int rounds = Amounts.scaled(100_000);
        List<Closure<?>> continuation = new ArrayList<>();
        try (Arena arena = Arena.ofConfined(); Closure<ArgumentHandler> next = CONTINUATION.bind(arguments -> {
            MemorySegment thread = arguments.getAddress(0);
            assertThat(arguments.getInt(1)).isEqualTo(LUA_YIELD);
            long number = WORD.byteSize() == Long.BYTES ? arguments.getLong(2) : arguments.getInt(2);
            push(thread, number);
            if (number < rounds) {
                arguments.leaveBy(yield, thread.address(), 1, number + 1, continuation.getFirst().address().address());
            } else {
                arguments.setReturn(1);
            }
        }); Closure<ArgumentHandler> first = FUNCTION.bind(arguments -> {
            push(arguments.getAddress(0), 0);
            arguments.leaveBy(yield, arguments.getPointer(0), 1, 1, next.address().address());
        })) {
            continuation.add(next);
            MemorySegment coroutine = (MemorySegment) newThread.invokeExact(state);
            pushFunction.invokeExact(coroutine, first.address(), 0);
            MemorySegment results = arena.allocate(JAVA_INT);
            int before = 0;
            for (int i = 0; i <= rounds; i++) {
                assertThat((int) resume.invokeExact(coroutine, state, 0, results))
                        .isEqualTo(i < rounds ? LUA_YIELD : LUA_OK);
                assertThat(results.get(JAVA_INT, 0)).isOne();
                assertThat(integer(coroutine, -1)).isEqualTo(i);
                setTop.invokeExact(coroutine, -2);
                before = i == rounds / 2 ? kibibytes() : before;
            }
            assertThat(kibibytes() - before).isLessThan(FEW_KIBIBYTES);
        }
    }
}
