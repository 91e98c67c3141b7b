#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-arch: the tests on other architectures' JVMs, which run under user-mode emulation.
# Part of the script salto, whose functions it uses, as it does those of debian.sh. Emulator, JVM
# and C library are Debian's; nothing is installed, and no root is needed.

# shellcheck disable=SC2154 # 'here' is set in salto

# Salto's names of architectures, Debian's and QEMU's, and Debian's suites with a JRE. A mirror that
# is being updated may lack packages of the first suite. The slowest architectures come first, so
# that no processor is idle at the end. The first three have JVMs that only interpret.
#   Salto        Debian   QEMU         suites
architectures=(
    "arm         armhf    arm          trixie,sid"
    "i386        i386     i386         trixie,sid"
    "loongarch64 loong64  loongarch64  sid"
    "ppc64le     ppc64el  ppc64le      trixie,sid"
    "s390x       s390x    s390x        trixie,sid"
    "riscv64     riscv64  riscv64      trixie,sid"
    "aarch64     arm64    aarch64      trixie,sid"
    "x86_64      amd64    x86_64       trixie,sid"
)

# The architecture that mvn verify tests, without emulation.
host_architecture=x86_64

# The packages in an architecture's root: the JRE with its dependencies, and the C libraries of
# tests.
root_packages=(openjdk-25-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g libatomic1 libffi8 libsqlite3-0 libexpat1 liblua5.4-0)

# The emulators, as static binaries for this host.
qemu_packages=(qemu-user)
qemu_suite=trixie

# The C1 compiler alone is the faster way through tests, most of whose code runs once. There is code
# for each signature that was ever linked.
emulated_jvm_options=(
    -Xmx1g -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1
    -XX:ReservedCodeCacheSize=240m -XX:-SegmentedCodeCache
    -XX:-UsePerfData -XX:-CreateCoredumpOnCrash
    # Hardware verifies the same classes.
    -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote
    --enable-native-access=ALL-UNNAMED
)

# The part of the tests that runs, see Sample and Amounts.
sample_options=(-Ddev.salto.tests.sample=true -Ddev.salto.tests.divisor=100)
full_options=(-Ddev.salto.tests.divisor=20)

# How many further random signatures there are in a sample, and in all tests.
default_tries=(0 200)

# Where there is no commit.
default_seed=20261121

# The default tests with other page sizes: those that make and change tables, and call their
# function pointers.
page_size_tests=(TrampolineTest TrampolineTableTest NativeBindingTest ClosureTest SealingTest CallInterfaceTest)

# Further ones are in the log only: without a port all tests fail.
failures_shown=10

arch_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/arch

test_arch_usage() {
    cat <<EOF
Usage: ./salto test-arch ARCH...|all [--full] [--seed N] [--tests CLASS[,CLASS...]] [--tries N] [--fail-fast] [--patch DIR]
                         [--jobs N]
       ./salto test-arch ARCH --page-size SIZE [--full] [--seed N] [--tests CLASS[,CLASS...]] [--tries N] [--fail-fast]
                         [--patch DIR]
       ./salto test-arch --list

Runs Salto's tests on the JVM of another architecture, Debian's, under user-mode emulation (QEMU).
An architecture takes one to nine minutes of a processor, several times as much with --full. Its root, about 250 MB, and the emulators, about 110 MB, are fetched once, into
$arch_cache
To fetch newer ones, remove them there. It needs apt and dpkg, and Debian's archive keys; no root.

  ARCH     architectures to test, also ones without a port, whose tests fail for lack of it:
           $(architecture_names)
  all      the architectures that have a text image in salto-text/src/main/asm, but for $host_architecture, which mvn verify tests
  --full   all cases, instead of a sample of them that the seed chooses; below is what a sample has
  --seed   the seed of what is random; the first digits of the commit's hash if not given. It is printed at the start, at the
           end and with each failure, and repeats a run exactly.
  --tests  only these test classes, by their simple names
  --jobs   how many architectures are tested at the same time, 1 GB of memory each; $(default_jobs) if not given
  --tries  how many further random signatures are compared; ${default_tries[1]} with --full, otherwise none, if not given
  --fail-fast
           ends an architecture's run at its first failed test, which its lines name
  --patch  a folder of classes and resources that come before the library's and the tests' own
  --list   the architectures: with a text image or not, fetched or not
  --page-size
           pages of 16k (aarch64) or 64k (ppc64le): user-mode emulation always has this host's pages, so the tests run in a
           whole emulated system instead, with Debian's kernel for such pages, and with the packed JAR. It takes some five minutes,
           1.5 GB of memory, and once 140 MB more to fetch; one system runs at a time. If --tests is not given, these classes run:
           ${page_size_tests[*]}

  cases                             sample                                 --full
  entries, ports, failure paths     all                                    all
  C functions, by the C compiler's  each function, with one of the levels  each function at each level
  levels -O0 and -O2
  linkers                           Salto's, with gates and data-driven    the JDK's too, as the reference
  extended types in each shape      one of each level and way of reading   all levels and ways of reading
  structs of one or two members     those with empty ones, 1 in 8 others   all
  conventions of i386 and Arm       each, with one of the levels           each at each level
  random signatures of stubs        12                                     300
  random signatures of closures     6                                      150
  numbers of arguments in           some of each type of argument          all
  registers and on the stack
  random numbers                    20, and the edges                      500, and the edges
  two faults in one input           one pair in 20                         all pairs
  amounts, beside hardware's        a hundredth                            a twentieth

On i386, arm and loongarch64, Debian's JVM only interprets. There a sample has a third of each C function, extended type in each
shape, struct and random signature.

What runs is all test classes of salto-core, *Test and *Properties, but not what has the tag "host", which cannot run there:
  TextImageTest, TextSourcesTest, most of PolicyTest, half of SealingTest
                       start JVMs of their own, which an emulated JVM cannot do
  StackWalkTest        attaches gdb
  those of ports, PageSizeTest
                       follow from the ABI documents, and are the same on every JVM
  CurlTest, GLibTest   use C libraries that need many more packages
nor tests of the packed JAR, among them those of situations (*IT), nor of salto-text, whose build tools run on the host.

SALTO_DEBIAN_MIRROR, a URL, is the mirror to fetch from, where apt's configuration does not name one of Debian.

The last line is the total of all architectures, "test-arch: N run, N failed, N skipped, S s". A JVM that ends before its tests do
counts as one failure.

Exit codes: 0 all tests succeeded; 1 a test failed, or a JVM did; 2 a wrong command line; 3 something is missing,
also if only one architecture could not be fetched: the others are tested.
EOF
}

architecture_names() {
    local line
    for line in "${architectures[@]}"; do
        printf '%s ' "${line%% *}"
    done
}

# in_order NAME...: each once, the longest first.
in_order() {
    local name
    for name in $(architecture_names); do
        [[ " $* " != *" $name "* ]] || printf '%s\n' "$name"
    done
}

# As many as there are processors.
default_jobs() {
    nproc 2>/dev/null || echo 1
}

# select_architecture NAME: sets arch, deb, emulator and suites.
select_architecture() {
    local line
    for line in "${architectures[@]}"; do
        read -r arch deb emulator suites <<<"$line"
        [[ $arch != "$1" ]] || return 0
    done
    return 1
}

has_image() {
    [[ -e $here/salto-text/src/main/asm/$1.S ]]
}

wrong_command_line() {
    printf 'salto: %s\n\n' "$1" >&2
    test_arch_usage >&2
    exit 2
}

fetch_qemu() {
    local wanted=("$qemu_suite" "${qemu_packages[@]}") line arch deb emulator suites
    ! is_fetched "$arch_cache/qemu" "${wanted[@]}" || return 0
    require_apt
    new_folder "$arch_cache"
    fetch QEMU "$unfinished" amd64 "$qemu_suite" "${qemu_packages[@]}"
    mkdir "$unfinished/bin"
    for line in "${architectures[@]}"; do
        read -r arch deb emulator suites <<<"$line"
        mv "$unfinished/root/usr/bin/qemu-$emulator" "$unfinished/bin/"
    done
    rm -rf "$unfinished/root"
    printf 'qemu=%s\npackages=%s\n' "$(version_of qemu-user)" "${wanted[*]}" >"$unfinished/versions"
    publish "$arch_cache/qemu"
}

# suite_of_root: the suite that the selected architecture's root came from; nothing if there is no
# root.
suite_of_root() {
    local suite
    for suite in ${suites//,/ }; do
        if is_fetched "$arch_cache/$deb" "$suite" "${root_packages[@]}"; then
            printf '%s\n' "$suite"
            return
        fi
    done
}

# fetch_root: fetches the selected architecture's root from the first suite that has it.
fetch_root() {
    local suite
    [[ -z $(suite_of_root) ]] || return 0
    require_apt
    for suite in ${suites//,/ }; do
        # In the background, because a condition would hide errors.
        fetch_root_from "$suite" &
        ! wait $! || return 0
    done
    return "$missing"
}

# fetch_root_from SUITE
fetch_root_from() {
    local suite=$1 root
    local wanted=("$suite" "${root_packages[@]}")
    new_folder "$arch_cache"
    fetch "$arch" "$unfinished" "$deb" "$suite" "${root_packages[@]}"
    root=$unfinished/root
    settle_root "$root" "$root/usr/lib/jvm/java-25-openjdk-$deb"
    printf 'qemu=%s\njre=%s\nlibc=%s\npackages=%s\n' "$(version_in "$arch_cache/qemu" qemu)" "$(version_of openjdk-25-jre-headless)" \
        "$(version_of libc6)" "${wanted[*]}" >"$unfinished/versions"
    publish "$arch_cache/$deb"
}

# fetch_architecture NAME: its root, and its kernel if there is a page size.
fetch_architecture() {
    select_architecture "$1"
    fetch_root
    [[ -z $page_size ]] || fetch_kernel
}

list_architectures() {
    local line fetched
    for line in "${architectures[@]}"; do
        read -r arch deb emulator suites <<<"$line"
        fetched="not fetched"
        if [[ -n $(suite_of_root) ]]; then
            fetched="JRE $(version_in "$arch_cache/$deb" jre), libc $(version_in "$arch_cache/$deb" libc)"
        fi
        printf '%-12s Debian %-8s %-10s %-15s %s\n' "$arch" "$deb" "$suites" \
            "$(has_image "$arch" && echo "text image" || echo "no text image")" "$fetched"
    done
    if is_fetched "$arch_cache/qemu" "$qemu_suite" "${qemu_packages[@]}"; then
        echo "QEMU $(version_in "$arch_cache/qemu" qemu)"
    else
        echo "QEMU is not fetched"
    fi
}

# follow_tests LOG: turns the output of the tests into a status; all of it goes to the log.
follow_tests() {
    local line failures=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        case $line in
            class=*) show_step "$arch: ${line#class=}" ;;
            failed-test=*)
                failures=$((failures + 1))
                if [[ $failures -le $failures_shown ]]; then
                    end_of_steps
                    printf '  %s: failed, with the seed %s: %s\n' "$arch" "$seed" "${line#failed-test=}" >&2
                fi
                ;;
        esac
    done
    end_of_steps
}

# in_log LOG KEY
in_log() {
    sed -n "s/^$2=//p" "$1" | head -1
}

# count_in_log LOG KEY: how many lines there are with this key.
count_in_log() {
    grep -c "^$2=" "$1" || true
}

# exit_reason CODE: what a shell's exit code says, for people.
exit_reason() {
    if [[ $1 -gt 128 ]]; then
        printf 'by the signal %s' "$(kill -l $(($1 - 128)))"
    else
        printf 'with exit code %d' "$1"
    fi
}

# summarise LOG FOLDER STATUS SECONDS: the lines about an architecture; fails if its tests did not
# come to their end.
summarise() {
    local log=$1 folder=$2 status=$3 seconds=$4 problem skipped kernel pages
    skipped=$(in_log "$log" skipped)
    kernel=$(in_log "$log" kernel)
    pages=$(in_log "$log" pagesize)
    printf '%-12s %s, %s, libc %s, QEMU %s%s%s: ' "$arch" "JVM $(in_log "$log" jvm)" "$(in_log "$log" linker)" \
        "$(version_in "$arch_cache/$deb" libc)" "$(version_in "$arch_cache/$qemu" qemu)" "${kernel:+, Linux $kernel}" \
        "${pages:+, $((pages / 1024)) KiB pages}"
    if [[ -n $skipped ]]; then
        printf '%d run, %d failed, %d skipped, %d signatures, ' "$(in_log "$log" run)" "$(in_log "$log" failed)" "$skipped" \
            "$(in_log "$log" signatures)"
    else
        printf 'the JVM ended before the tests did, %s, ' "$(exit_reason "$status")"
    fi
    printf '%d s\n' "$seconds"
    [[ -z $fail_fast || -z $(in_log "$log" failed-test) ]] ||
        printf '             ended at its first failed test: %s\n' "$(in_log "$log" failed-test)"
    problem=$(in_log "$log" problem)
    [[ -z $problem ]] || printf '             %s\n' "$problem"
    if [[ $status -ne 0 || -n $(in_log "$log" skipped-test) ]]; then
        printf '             details: %s\n' "$log"
    fi
    if [[ -z $skipped ]]; then
        printf '             the last test to begin was %s\n' "$(sed -n 's/^test=//p' "$log" | tail -1)"
    fi
    if [[ -z $skipped && -s $folder/target/last-stub.txt ]]; then
        printf '             the last upcall stub was made for %s\n' "$(<"$folder/target/last-stub.txt")"
    fi
    [[ -n $skipped ]]
}

# total SECONDS ARCH...: the last line, from the logs.
total() {
    local seconds=$1 run=0 failed=0 skipped=0 arch log
    shift
    for arch in "$@"; do
        log=$(tests_folder)/tests.log
        run=$((run + $(count_in_log "$log" time)))
        failed=$((failed + $(count_in_log "$log" failed-test)))
        skipped=$((skipped + $(count_in_log "$log" skipped-test)))
        [[ -n $(in_log "$log" skipped) ]] || failed=$((failed + 1))
    done
    printf 'test-arch: %d run, %d failed, %d skipped, %d s\n' "$run" "$failed" "$skipped" "$seconds"
}

# Where the selected architecture's tests run, and where their log is.
tests_folder() {
    printf '%s' "$here/salto-core/target/arch/$arch${page_size:+-$page_size}"
}

# choose_seed: sets the seed if none is given.
choose_seed() {
    local commit
    if [[ -z $seed ]] && commit=$(git -C "$here" rev-parse HEAD 2>/dev/null); then
        seed=$((16#${commit:0:12}))
    fi
    seed=${seed:-$default_seed}
}

# choose_tests: sets the properties that say which tests run.
choose_tests() {
    if [[ -n $full ]]; then
        tests_options=("${full_options[@]}")
        tries=${tries:-${default_tries[1]}}
    else
        tests_options=("${sample_options[@]}")
        tries=${tries:-${default_tries[0]}}
    fi
    tests_options+=("-Ddev.salto.tests.seed=$seed" "-Ddev.salto.tests.signatures=$tries" "-Ddev.salto.tests.fail-fast=${fail_fast:-false}")
}

say_seed() {
    printf 'The seed is %s; %s repeats this run.\n' "$seed" \
        "./salto test-arch ${names[*]}${full:+ $full} --seed $seed --tries $tries${tests[*]:+ --tests $(IFS=, && printf '%s' "${tests[*]}")}"
}

# run_tests_by_jvm [CLASS...]: runs tests by the command $jvm in the new folder $folder, where their
# log is; fails if a test does.
run_tests_by_jvm() {
    rm -rf "$folder"
    # Tests write into the folder target of the one that they run in.
    mkdir -p "$folder/target"
    : >"$folder/tests.log"
    show_step "$arch: starting the JVM"
    (
        ulimit -c 0
        cd "$folder"
        TIMEFORMAT=$'cpu=%U\ncpu-of-system=%S'
        time "${jvm[@]}" "${tests_options[@]}" "-XX:ErrorFile=$folder/hs_err.log" \
            -classpath "${patch:+$patch:}$here/salto-core/target/test-classes:$here/salto-core/target/classes:$(<"$here/salto-core/target/test-classpath")" \
            dev.salto.elsewhere.TestsElsewhere "$@"
    ) </dev/null 2>&1 | follow_tests "$folder/tests.log"
}

# run_tests [CLASS...]: runs the tests of the selected architecture; fails if a test does.
run_tests() {
    local root=$arch_cache/$deb/root folder status=0 started=$SECONDS summary jvm
    folder=$(tests_folder)
    jvm=("$arch_cache/qemu/bin/qemu-$emulator" -L "$root" "$root/usr/lib/jvm/java-25-openjdk-$deb/bin/java"
        "${emulated_jvm_options[@]}")
    run_tests_by_jvm "$@" || status=$?
    # All at once, because another architecture's lines may come at the same time.
    summary=$(summarise "$folder/tests.log" "$folder" "$status" "$((SECONDS - started))") || status=1
    printf '%s\n' "$summary"
    return "$status"
}

test_arch() {
    local names=() fetched=() unfetched=() tests=() tries="" seed="" full="" fail_fast="" patch="" at_once name arch deb emulator suites status=0 unfinished
    local page_size="" qemu=qemu run=run_tests tests_options started
    at_once=$(default_jobs)
    [[ $# -gt 0 ]] || wrong_command_line "test-arch needs architectures, or 'all'"
    while [[ $# -gt 0 ]]; do
        case $1 in
            -h | --help)
                test_arch_usage
                return
                ;;
            --list)
                list_architectures
                return
                ;;
            --tests)
                [[ -n ${2:-} ]] || wrong_command_line "--tests needs the names of test classes"
                IFS=, read -r -a tests <<<"$2"
                shift
                ;;
            --tests=*) IFS=, read -r -a tests <<<"${1#*=}" ;;
            --tries)
                tries=${2:-}
                [[ $tries =~ ^[0-9]+$ ]] || wrong_command_line "--tries needs a number of signatures"
                shift
                ;;
            --full) full=--full ;;
            --seed)
                seed=${2:-}
                [[ $seed =~ ^-?[0-9]{1,18}$ ]] || wrong_command_line "--seed needs a number of at most 18 digits"
                shift
                ;;
            --fail-fast) fail_fast=true ;;
            --patch)
                [[ -d ${2:-} ]] || wrong_command_line "--patch needs a folder of classes, and '${2:-}' is none"
                patch=$(cd "$2" && pwd -P)
                shift
                ;;
            --jobs)
                at_once=${2:-}
                [[ $at_once =~ ^[1-9][0-9]*$ ]] || wrong_command_line "--jobs needs a number of architectures"
                shift
                ;;
            --page-size)
                page_size=${2:-}
                [[ $page_size =~ ^[1-9][0-9]*k$ ]] || wrong_command_line "--page-size needs a size, say 16k"
                shift
                ;;
            -*) wrong_command_line "test-arch has no option '$1'" ;;
            all)
                for name in $(architecture_names); do
                    [[ $name == "$host_architecture" ]] || ! has_image "$name" || names+=("$name")
                done
                ;;
            *)
                select_architecture "$1" || wrong_command_line "there is no architecture '$1'"
                names+=("$1")
                ;;
        esac
        shift
    done
    [[ ${#names[@]} -gt 0 ]] || wrong_command_line "test-arch needs architectures, or 'all'"
    mapfile -t names < <(in_order "${names[@]}")
    if [[ -n $page_size ]]; then
        # shellcheck source=scripts/test-page-size.sh
        source "$here/scripts/test-page-size.sh"
        require_kernels "${names[@]}"
        qemu=qemu-system run=run_tests_in_system at_once=1
        [[ ${#tests[@]} -gt 0 ]] || tests=("${page_size_tests[@]}")
    fi
    # Jobs in the background do not get an interrupt from the keyboard.
    trap 'trap - INT TERM; kill 0' INT TERM
    fetch_qemu
    [[ -z $page_size ]] || fetch_system_qemu
    for name in "${names[@]}"; do
        # One that a mirror lacks does not keep the others from being tested. In the background,
        # because a condition would hide errors.
        fetch_architecture "$name" &
        if wait $!; then
            fetched+=("$name")
        else
            unfetched+=("$name")
        fi
    done
    end_of_steps
    [[ ${#fetched[@]} -gt 0 ]] || exit "$missing"
    names=("${fetched[@]}")
    build salto-core tests
    choose_seed
    choose_tests
    say_seed
    started=$SECONDS
    for name in "${names[@]}"; do
        while [[ $(jobs -rp | wc -l) -ge $at_once ]]; do
            wait -n || status=1
        done
        select_architecture "$name"
        "$run" "${tests[@]}" &
    done
    for name in $(jobs -p); do
        wait "$name" || status=1
    done
    say_seed
    if [[ ${#unfetched[@]} -gt 0 ]]; then
        printf 'Not tested, because what it needs could not be fetched: %s\n' "${unfetched[*]}"
        [[ $status -ne 0 ]] || status=$missing
    fi
    total "$((SECONDS - started))" "${names[@]}"
    return "$status"
}
