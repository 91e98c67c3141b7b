#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-jdk: the tests on a newer JDK than the one that builds Salto. Part of the script
# salto, whose functions it uses, as it does those of debian.sh and test-arch.sh. The JDK is
# Debian's; nothing is installed, and no root is needed.

# shellcheck disable=SC2154 # these are set in salto and test-arch.sh

# The versions that are tested, in Debian's suite that has them.
jdk_versions=(26 27 28)
jdk_suite=sid

# Nothing is known of the library's speed from a JVM that compiles little, but the tests end sooner.
jdk_jvm_options=(
    -Xmx1g -XX:+UseSerialGC -XX:ReservedCodeCacheSize=400m -XX:-UsePerfData -XX:-CreateCoredumpOnCrash
    --enable-native-access=ALL-UNNAMED
)

test_jdk_usage() {
    cat <<EOF
Usage: ./salto test-jdk VERSION [--full] [--seed N] [--tests CLASS[,CLASS...]] [--fail-fast]

Runs Salto's tests on a newer JDK, Debian's, in a root of its own with Debian's C library. Salto is built by JDK $java_version.
It takes one to four minutes, several times as much with --full. The root, about 230 MB, is fetched once, into
$jdk_cache
To fetch a newer one, remove it there. It needs apt and dpkg, and Debian's archive keys; no root.

  VERSION  the JDK's version: ${jdk_versions[*]}; or "seed": the one that the seed chooses
  --full   all tests and all cases, instead of a sample of them that the seed chooses, as for test-arch
  --seed   the seed of what is random; the first digits of the commit's hash if not given
  --tests  only these test classes, by their simple names
  --fail-fast
           ends the run at the first failed test

Before the tests, a program runs with the agent.

A sample has all test classes of salto-core, *Test and *Properties, but of those with the tag "host" only
${jdk_host_tests[*]}

The last line is the total, "test-jdk: N run, N failed, N skipped, S s".

Exit codes: 0 all tests succeeded; 1 a test failed, or the JVM did; 2 a wrong command line; 3 something is missing.
EOF
}

# Those of the tests that start JVMs that show how the launcher, warnings and the recorder of a JDK
# behave.
jdk_host_tests=(FallbackTest FailuresTest NativeAccessTest EventsTest WithoutPortTest)

jdk_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/jdk

wrong_jdk_command_line() {
    printf 'salto: %s\n\n' "$1" >&2
    test_jdk_usage >&2
    exit 2
}

# fetch_jdk VERSION
fetch_jdk() {
    local version=$1 folder=$jdk_cache/$1 root jre program
    local packages=("openjdk-$version-jre-headless" libc6 libgcc-s1 libstdc++6 zlib1g)
    local wanted=("$jdk_suite" "${packages[@]}")
    ! is_fetched "$folder" "${wanted[@]}" || return 0
    require_apt
    new_folder "$jdk_cache"
    fetch "JDK $version" "$unfinished" amd64 "$jdk_suite" "${packages[@]}"
    root=$unfinished/root
    jre=$root/usr/lib/jvm/java-$version-openjdk-amd64
    settle_root "$root" "$jre"
    # They need a newer C library than this host may have, and tests start both by their names.
    for program in bin/java lib/jspawnhelper; do
        mv "$jre/$program" "$jre/$program.of-root"
        cat >"$jre/$program" <<'END'
#!/bin/sh
program=$(readlink -f "$0")
root=${program%/usr/lib/jvm/*}
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$program.of-root" "$@"
END
        chmod +x "$jre/$program"
    done
    printf 'jre=%s\nlibc=%s\npackages=%s\n' "$(version_of "${packages[0]}")" "$(version_of libc6)" "${wanted[*]}" \
        >"$unfinished/versions"
    publish "$folder"
}

# run_jdk_tests [CLASS...]: runs tests on the chosen version; fails if a test does.
run_jdk_tests() {
    local folder=$here/salto-core/target/jdk/$version status=0 started=$SECONDS arch="JDK $version"
    local log=$folder/tests.log
    local jvm=("$jdk_cache/$version/root/usr/lib/jvm/java-$version-openjdk-amd64/bin/java" "${jdk_jvm_options[@]}")
    run_tests_by_jvm "$@" || status=$?
    if [[ -z $(in_log "$log" skipped) ]]; then
        printf 'The JVM ended before the tests did, %s; the last test to begin was %s\n' "$(exit_reason "$status")" \
            "$(sed -n 's/^test=//p' "$log" | tail -1)"
        [[ $status -ne 0 ]] || status=1
    fi
    printf '%s, %s, libc %s\n' "$(in_log "$log" jvm)" "$(in_log "$log" linker)" "$(version_in "$jdk_cache/$version" libc)"
    [[ $status -eq 0 ]] || printf 'Details: %s\n' "$log"
    printf 'The seed is %s; ./salto test-jdk %s%s --seed %s%s repeats this run.\n' "$seed" "$version" "${full:+ $full}" "$seed" \
        "${tests[*]:+ --tests $(IFS=, && printf '%s' "${tests[*]}")}"
    printf 'test-jdk: %d run, %d failed, %d skipped, %d s\n' "$(count_in_log "$log" time)" \
        "$(($(count_in_log "$log" failed-test) + (status != 0 && $(count_in_log "$log" failed-test) == 0)))" \
        "$(count_in_log "$log" skipped-test)" "$((SECONDS - started))"
    return "$status"
}

# check_agent: the agent changes the linker of the chosen version.
check_agent() {
    local output
    build salto-agent tests
    output=$("$jdk_cache/$version/root/usr/lib/jvm/java-$version-openjdk-amd64/bin/java" "${jdk_jvm_options[@]}" \
        "-javaagent:$(echo "$here"/salto-agent/target/salto-agent-*[0-9T].jar)" \
        --class-path "$here/salto-agent/target/test-classes" client.Client call reflection 2>&1) || true
    [[ $output == $'call=[1, 2, 3] static\nreflection=[1, 2, 3] static' ]] || {
        printf 'The agent does not work on JDK %s; the program printed\n%s\n' "$version" "$output"
        return 1
    }
}

test_jdk() {
    local version="" tests=() seed="" full="" fail_fast="" tries=0 agent=0 names=() tests_options unfinished
    while [[ $# -gt 0 ]]; do
        case $1 in
            -h | --help)
                test_jdk_usage
                return
                ;;
            --tests)
                [[ -n ${2:-} ]] || wrong_jdk_command_line "--tests needs the names of test classes"
                IFS=, read -r -a tests <<<"$2"
                shift
                ;;
            --full) full=--full ;;
            --seed)
                seed=${2:-}
                [[ $seed =~ ^-?[0-9]{1,18}$ ]] || wrong_jdk_command_line "--seed needs a number of at most 18 digits"
                shift
                ;;
            --fail-fast) fail_fast=true ;;
            -*) wrong_jdk_command_line "test-jdk has no option '$1'" ;;
            *)
                [[ -z $version && " seed ${jdk_versions[*]} " == *" $1 "* ]] ||
                    wrong_jdk_command_line "'$1' is not one of the versions ${jdk_versions[*]}"
                version=$1
                ;;
        esac
        shift
    done
    [[ -n $version ]] || wrong_jdk_command_line "test-jdk needs a version"
    choose_seed
    if [[ $version == seed ]]; then
        version=${jdk_versions[$((${seed#-} % ${#jdk_versions[@]}))]}
    fi
    fetch_jdk "$version"
    end_of_steps
    build salto-core tests
    choose_tests
    if [[ -n $full || ${#tests[@]} -gt 0 ]]; then
        tests_options+=(-Ddev.salto.tests.host=.*)
    else
        tests_options+=("-Ddev.salto.tests.host=$(IFS='|' && printf '%s' "${jdk_host_tests[*]}")")
    fi
    check_agent || agent=1
    run_jdk_tests "${tests[@]}" && return "$agent"
}
