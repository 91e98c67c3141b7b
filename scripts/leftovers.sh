#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scripts/leftovers.sh before FILE: records in FILE the files and folders in the places below, the
# processes, and the mounts. scripts/leftovers.sh after FILE: lists those that have been added
# since.
#
# A process that is just ending has ten seconds to do so. Every new file counts, except those that
# are listed here as kept. A process counts if its command line or its folder belongs to this
# checkout, or to the files that the build keeps.
# Exit codes: 0 no leftovers; 1 leftovers; 2 a wrong command line, or FILE cannot be used.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-$HOME/.cache}

# Temporary folders, and those of the user where libraries keep native code that they unpack. Only
# what is directly in them is recorded.
places=("${TMPDIR:-/tmp}" /tmp /var/tmp /dev/shm "$HOME" "$cache" "$cache/JNA" "$cache/JNA/temp" "$HOME/.javacpp/cache")

# Files that the JVM, Maven, the system and Salto's build keep by design.
kept=(
    "*/hsperfdata_*"        # performance data of live JVMs: the JVM removes the files, and keeps the folder
    "*/systemd-private-*"   # temporary folders of services
    "$HOME/.m2"             # Maven's repository
    "$HOME/.java"           # the JDK's list of fonts
    "$cache"                # it may be new itself
    "$cache/salto"          # clang and lld, emulators and other architectures' JVMs, libffi
    "$cache/fontconfig"     # the system's list of fonts
)

# Crash reports of JVMs and the kernel, outside of the folders that the build removes.
crash_reports=(-name 'hs_err_pid*' -o -name 'replay_pid*' -o -name core -o -name 'core.[0-9]*' -o -name '*.hprof' -o -name '*.jfr')

files() {
    local place pattern exceptions=()
    for pattern in "${kept[@]}"; do
        exceptions+=(! -path "$pattern")
    done
    for place in "${places[@]}"; do
        # Other users' folders may be closed, and files may go meanwhile.
        [[ ! -d $place ]] || find -H "$place" -mindepth 1 -maxdepth 1 "${exceptions[@]}" -printf 'file %p\n' 2>/dev/null || true
    done
    find "$checkout" -name target -prune -o \( "${crash_reports[@]}" \) -printf 'file %p\n'
}

# read_process PID: sets fields, those of its status behind its name; fails if it is gone.
read_process() {
    local status=""
    { IFS= read -r -d '' status <"/proc/$1/stat" || [[ -n $status ]]; } 2>/dev/null || return 1
    read -r -a fields <<<"${status##*) }"
}

# descends PID ANCESTOR
descends() {
    local pid=$1 fields
    while [[ $pid -gt 1 && $pid != "$2" ]]; do
        read_process "$pid" || return 1
        pid=${fields[1]}
    done
    [[ $pid == "$2" ]]
}

processes() {
    local folder pid fields command
    for folder in /proc/[0-9]*; do
        pid=${folder#/proc/}
        read_process "$pid" || continue
        # Processes that have ended, and threads of the kernel.
        [[ ${fields[0]} != [ZX] && $((fields[6] & 0x200000)) -eq 0 ]] || continue
        # The processes of this script, and its parents.
        ! descends "$pid" $$ && ! descends $$ "$pid" || continue
        command=$({ tr '\0\n' '  ' <"$folder/cmdline"; } 2>/dev/null) || continue
        [[ "$command $(readlink "$folder/cwd" 2>/dev/null)/" == *@("$checkout/"|"$cache/salto/")* ]] || continue
        # A number is used again, so the time of the start is part of what a process is.
        printf 'process %s %s %.200s\n' "$pid" "${fields[19]}" "$command"
    done
}

snapshot() {
    {
        files
        processes
        awk '{ print "mount", $2, $3 }' /proc/self/mounts
    } | LC_ALL=C sort -u
}

new_since() {
    LC_ALL=C comm -13 "$1" <(snapshot)
}

case $# in
    2) ;;
    *) set -- "" "" ;;
esac
case $1 in
    before)
        : >"$2" || exit 2
        snapshot >"$2"
        ;;
    after)
        if [[ ! -s $2 ]]; then
            printf "leftovers: '%s' is not what 'leftovers.sh before' wrote; run that first\n" "$2" >&2
            exit 2
        fi
        left=$(new_since "$2")
        for ((i = 0; i < 10; i++)); do
            [[ $left == *"process "* ]] || break
            sleep 1
            left=$(new_since "$2")
        done
        if [[ -n $left ]]; then
            printf 'Left behind:\n%s\n' "$left"
            exit 1
        fi
        ;;
    *)
        echo "Usage: scripts/leftovers.sh before|after FILE" >&2
        exit 2
        ;;
esac
