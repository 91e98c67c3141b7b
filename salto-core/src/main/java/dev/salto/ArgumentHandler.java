// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * Handles native calls of a {@link CallInterface}'s closures without allocation. It has one method
 * for functions of every type, which reads the arguments where native code has put them.
 */
@FunctionalInterface
public interface ArgumentHandler {
    /**
     * Answers a call from native code. If it sets no result, native code gets zero. After an
     * exception, native code gets what the {@link ExceptionPolicy} decides.
     *
     * @param arguments the arguments, and the place for the result; valid on the calling thread
     *     until this method returns
     */
    void call(Arguments arguments);
}
