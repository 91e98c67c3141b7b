// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

/**
 * A place that the text image could not be taken from.
 *
 * @param source the name of the source
 * @param location which file it would have been; empty if there is none
 * @param reason why not, and what can be done about it
 */
public record TextAttempt(String source, String location, String reason) {}
