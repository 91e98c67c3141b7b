// SPDX-License-Identifier: Apache-2.0

/** What the commands see of the process that they run in. */
@NullMarked
package dev.salto.cli.process;

import org.jspecify.annotations.NullMarked;
