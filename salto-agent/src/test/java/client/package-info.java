// SPDX-License-Identifier: Apache-2.0

/** Programs that know the JDK's linker only. Tests run them with and without the agent. */
@NullMarked
package client;

import org.jspecify.annotations.NullMarked;
