// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * What native code reaches through a {@link CallInterface}, for those who want nothing to be
 * allocated: one method for functions of every type, which reads the arguments where native code
 * has put them.
 */
@FunctionalInterface
public interface ArgumentHandler {
    /**
     * Answers a call from native code. If it sets no result, native code gets zero. After an
     * exception, native code gets what the {@link ExceptionPolicy} decides.
     *
     * @param arguments the arguments, and the place for the result; for the thread that is called,
     *     and until this method returns
     */
    void call(Arguments arguments);
}
