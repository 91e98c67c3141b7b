// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.text.Warnings;
import org.jspecify.annotations.Nullable;

/** Logs Salto's warnings. Log lines are headed by its name. */
final class Log implements Warnings.Writer {
    @Override
    public void write(System.Logger logger, String message, @Nullable Throwable exception) {
        logger.log(System.Logger.Level.WARNING, message, exception);
    }
}
