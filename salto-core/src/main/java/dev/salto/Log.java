// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.text.Warnings;
import org.jspecify.annotations.Nullable;

/** Logs Salto's messages. Log lines are headed by its name. */
final class Log implements Warnings.Writer {
    @Override
    public void write(System.Logger logger, System.Logger.Level level, String message,
            @Nullable Throwable exception) {
        logger.log(level, message, exception);
    }
}
