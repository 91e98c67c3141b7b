#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto stress: races of the public API, by jcstress. Part of the script salto, whose functions it
# uses.

# shellcheck disable=SC2154 # 'here', 'jdk' and 'missing' are set in salto

# Each race in one JVM, with the JIT compilers as they are, and a fast collector. Threads wait for
# each other between strides, so these are long. But a stride closes fewer closures than there are
# slots in quarantine, so that no slot is used again in it.
stress_options=(
    -f 1 -fsm 1 -iters 1 -time 300 -strideSize 512 -strideCount 20 -sc false -af NONE -pth false
    -jvmArgs -XX:+UseSerialGC
)

# Each race with the interpreter, with each JIT compiler, with their randomizers, and with other
# ones for each thread. A slow thing happens so many times in a JVM and no more, so there are many
# JVMs.
stress_full_options=(-f 8 -fsm 1 -iters 5 -time 1000 -strideSize 512 -strideCount 20)

stress_usage() {
    cat <<EOF
Usage: ./salto stress [--full] [-- OPTION...]

Races of Salto's public API: each is a moment in which two threads do two things at the same time, say
call a closure and close it. jcstress repeats it many thousand times, and compares what it sees with
what may be seen. All races take less than two minutes on two processors that have nothing else to do.

  --full     for a night, some five hours: each race in many JVMs, with the interpreter and variants of
             the JIT compilers
  -- OPTION...
             options of jcstress, which replace those that are set here; -m, a mode, replaces all of them
             but -v. -t is a regular expression for the races that run.
             "-- -h" lists the options, and "-- -l true" the races.

Exit codes: 0 all outcomes may be seen; 1 a race had another outcome, an exception, a crash or a time-out,
or did not run; 2 a wrong command line; 3 something is missing.

Examples:
  ./salto stress
  ./salto stress -- -t Seal                             the races that have "Seal" in their names
  ./salto stress -- -t 'CallAgainstClose$' -time 10000  one race, three times ten seconds
  ./salto stress -- -m tough -t CallAgainstRebind       one race, in jcstress's tough mode
  ./salto stress --full

In $stress_folder are the report, results/index.html, and all that
jcstress says, output.log.
EOF
}

# jcstress OPTION...: starts jcstress, whose forks have the same class path. It leaves temporary
# files when it is stopped.
jcstress() {
    "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
        -Djava.io.tmpdir="$here/salto-stress/target" -Djna.tmpdir="$here/salto-stress/target/jna" \
        --class-path "$here/salto-stress/target/classes:$here/salto-stress/target/lib/*" \
        org.openjdk.jcstress.Main "$@"
}

# is_named OPTION WORD...: whether the option is one of the words.
is_named() {
    local option=$1 word
    shift
    for word in "$@"; do
        [[ $word != "$option" ]] || return 0
    done
    return 1
}

# choose_options OPTION...: sets options to what jcstress gets: the options given, and those of ours
# that they do not replace.
choose_options() {
    local i=0
    options=()
    while [[ $i -lt ${#stress_options[@]} ]] && ! is_named -m "$@"; do
        is_named "${stress_options[i]}" "$@" || options+=("${stress_options[@]:i:2}")
        i=$((i + 2))
    done
    options+=("$@")
}

# follow_stress TOTAL: turns jcstress's output into a status, and prints the outcomes of what
# failed. The lines after RUN RESULTS are about all JVMs of a race together.
follow_stress() {
    local total=$1 line label name done=0 in_results="" shown=""
    local -A seen=()
    while IFS= read -r line; do
        if [[ $line =~ ^\.*\ *\[([A-Z ]+)\]\ ([A-Za-z0-9_.]+)$ ]]; then
            label=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]##*.} shown=""
            if [[ $label != OK && $label != SKIPPED && -n $in_results ]]; then
                end_of_steps
                shown=yes
            fi
            if [[ -z $in_results && -z ${seen[$name]:-} ]]; then
                seen[$name]=yes
                done=$((done + 1))
                show_step "$done of $total: $name ${label,,}"
            fi
        elif [[ $line == "RUN RESULTS:"* ]]; then
            in_results=yes
        elif [[ $line == *"HTML report generated"* ]]; then
            shown=""
        fi
        [[ -z $shown ]] || printf '%s\n' "$line"
    done
    end_of_steps
}

# results_of LOG: a line for each race with its state.
results_of() {
    sed '1,/^RUN RESULTS:/d' "$1" | sed -nE 's/^\.* *\[([A-Z ]+)\] ([A-Za-z0-9_.]+)$/\2 \1/p' | sort -u
}

# finish_stress STATUS SECONDS RACE...: the last line; fails if a race did, or jcstress.
finish_stress() {
    local status=$1 seconds=$2 results ran failed skipped
    shift 2
    results=$(results_of "$stress_folder/output.log")
    ran=$(grep -cvE ' SKIPPED$|^$' <<<"$results" || true)
    failed=$(grep -cvE ' (OK|SKIPPED)$|^$' <<<"$results" || true)
    skipped=$(($# - ran))
    if [[ $status -ne 0 && $failed -eq 0 || $ran -eq 0 ]]; then
        tail -5 "$stress_folder/output.log" >&2
        printf 'salto: jcstress ended with exit code %d before it was done\n' "$status" >&2
    fi
    printf 'stress: %d run, %d failed, %d skipped, %d s; report: %s; output: %s\n' \
        "$ran" "$failed" "$skipped" "$seconds" \
        "$stress_folder/results/index.html" "$stress_folder/output.log"
    [[ $status -eq 0 && $failed -eq 0 && $skipped -eq 0 ]]
}

wrong_stress_options() {
    printf 'salto: %s\n\n' "$1" >&2
    stress_usage >&2
    exit 2
}

stress() {
    local options=() races=() name status=0 started
    stress_folder=$here/salto-stress/target/stress
    while [[ $# -gt 0 && $1 != -- ]]; do
        case $1 in
            -h | --help)
                stress_usage
                return
                ;;
            --full) stress_options=("${stress_full_options[@]}") ;;
            *) wrong_stress_options "stress has no option '$1'; options of jcstress come after --" ;;
        esac
        shift
    done
    [[ $# -eq 0 ]] || shift
    for name in -r -jvmArgsPrepend; do
        ! is_named "$name" "$@" || wrong_stress_options "the option $name of jcstress is set by ./salto stress"
    done
    build salto-stress
    if is_named -h "$@" || is_named -l "$@"; then
        jcstress "$@"
        return
    fi
    choose_options "$@"
    # jcstress writes results, and a JVM that crashes its report, to where it is started.
    rm -rf "$stress_folder"
    mkdir -p "$stress_folder"
    cd "$stress_folder"
    started=$SECONDS
    mapfile -t races < <(jcstress -l true "${options[@]}" | grep '^dev\.salto\.')
    [[ ${#races[@]} -gt 0 ]] || wrong_stress_options "jcstress knows no race that the options choose: $*"
    show_step "0 of ${#races[@]}: jcstress tries what this machine and its JVM can do"
    jcstress -v "${options[@]}" -r "$stress_folder/results/" \
        -jvmArgsPrepend "--enable-native-access=ALL-UNNAMED -XX:-CreateCoredumpOnCrash" 2>&1 </dev/null |
        tee output.log | follow_stress "${#races[@]}" || status=$?
    finish_stress "$status" "$((SECONDS - started))" "${races[@]}"
}
