// SPDX-License-Identifier: Apache-2.0

/** PulseAudio: a tone. */
@NullMarked
package dev.salto.examples.pulseaudio;

import org.jspecify.annotations.NullMarked;
