// SPDX-License-Identifier: Apache-2.0

/** Events for the JDK's Flight Recorder. */
@NullMarked
package dev.salto.internal.events;

import org.jspecify.annotations.NullMarked;
