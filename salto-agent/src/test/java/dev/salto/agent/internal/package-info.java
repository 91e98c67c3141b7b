// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.salto.agent.internal;

import org.jspecify.annotations.NullMarked;
