#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# How scripts say what they do.

# One changing line on a terminal, one line for each step elsewhere.
show_step() {
    if [[ -t 2 ]]; then
        printf '\r\033[K%s' "$1" >&2
    else
        printf '  %s\n' "$1" >&2
    fi
}

end_of_steps() {
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
}
