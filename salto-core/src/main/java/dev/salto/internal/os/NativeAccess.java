// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.Linker;

/** Whether this module, and its callers, may call native code. */
public final class NativeAccess {
    /**
     * Whether a module has got native access although no option grants it. Then all modules get
     * it.
     */
    private static volatile boolean isForEveryone;

    /** Whether the JVM has warned of a caller without native access, and let it go on. */
    private static volatile boolean isAllowed;

    private NativeAccess() {}

    /** Whether this module may call native code, and can. */
    public static boolean isPossible() {
        try {
            check();
            Linker.nativeLinker();
            return true;
        } catch (IllegalCallerException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Checks that this module may call native code.
     *
     * @throws IllegalCallerException if the launcher denied it; the message names the missing
     *     option
     */
    public static void check() {
        Module module = NativeAccess.class.getModule();
        boolean wasGiven = module.isNativeAccessEnabled();
        try {
            new RestrictedCall().run();
        } catch (IllegalCallerException e) {
            throw refusal("Salto needs to call native code", module, e);
        }
        if (!wasGiven) {
            isForEveryone = true;
        }
    }

    /**
     * Finds the caller of a method that the JDK would restrict. Such a method uses it if
     * {@link #mayBeDenied}.
     */
    public static StackWalker callers() {
        // Not kept in a class of its own, whose initialisation may fail at the end of a stack.
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    }

    /** Whether there may be modules without native access. */
    public static boolean mayBeDenied() {
        return !isForEveryone;
    }

    /**
     * Checks that a class may call native code, with the exception of the JDK.
     *
     * @throws IllegalCallerException if the launcher denied it to the class's module
     */
    public static void checkLikeTheJdk(Class<?> caller) {
        Module module = caller.getModule();
        if (!isAllowed && !module.isNativeAccessEnabled()) {
            CallerModule.check(module);
            isAllowed = true;
        }
    }

    /**
     * Leaves the check of callers to them. The agent's copy of Salto has one caller, for which the
     * JDK has checked its own.
     *
     * @throws IllegalCallerException if the launcher denied native access to this module
     */
    public static void leaveToCallers() {
        check();
        isForEveryone = true;
    }

    /**
     * Checks that a class may call native code, like the JDK's restricted methods.
     *
     * @throws IllegalCallerException if the launcher denied it to the class's module; the message
     *     names the missing option
     */
    public static void check(Class<?> caller, String method) {
        check();
        Module module = caller.getModule();
        if (isForEveryone || module.isNativeAccessEnabled()) {
            return;
        }
        try {
            CallerModule.check(module);
        } catch (IllegalCallerException e) {
            throw refusal("%s calls %s, which leads native code to an address".formatted(caller.getName(), method),
                    module, e);
        }
        isForEveryone = true;
    }

    private static IllegalCallerException refusal(String need, Module module, IllegalCallerException reason) {
        return new IllegalCallerException(
                "%s, and the JVM was told to deny that to %s. Start java with --enable-native-access=%s".formatted(need,
                        module.isNamed() ? "the module " + module.getName() : "the class path",
                        module.isNamed() ? module.getName() : "ALL-UNNAMED"),
                reason);
    }
}
