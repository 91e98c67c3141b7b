#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# How scripts end when something is missing on this machine.

missing=3

# fail WHAT [REMEDY...]: a line each.
fail() {
    printf 'salto: %s\n' "$1" >&2
    shift
    printf '       %s\n' "$@" >&2
    exit "$missing"
}
