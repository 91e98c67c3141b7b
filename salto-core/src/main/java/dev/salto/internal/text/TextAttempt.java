// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

/**
 * A failed attempt to take the text image from a place.
 *
 * @param source the name of the source
 * @param location the file; empty if there is none
 * @param reason the failure, and its remedy
 */
public record TextAttempt(String source, String location, String reason) {}
