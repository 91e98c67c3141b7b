#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows that the tests under emulation find faults in ports. It plants the faults of faults.txt, one
# at a time, and runs the tests until the first one fails. The working tree stays as it is: a
# changed class or text image goes into a folder that comes before the class path.
set -euo pipefail

faults_script_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# shellcheck source=salto
source "$faults_script_folder/../salto"
# shellcheck source=scripts/debian.sh
source "$here/scripts/debian.sh"
# shellcheck source=scripts/test-arch.sh
source "$here/scripts/test-arch.sh"

faults_list=$here/scripts/faults.txt
faults_folder=$here/salto-core/target/faults
default_limit=300

# By the faults' names, each "ARCHITECTURE/NAME", which are also in the order of the list.
fault_names=()
declare -A what unit by file before after

plant_faults_usage() {
    cat <<END
Usage: scripts/plant-faults.sh [ARCH|FAULT]... [--tests CLASS[,CLASS...]] [--seed N] [--jobs N] [--limit SECONDS]
       scripts/plant-faults.sh [ARCH|FAULT]... --list

Plants faults in ports, one at a time, and runs the tests of ./salto test-arch with each until the first one fails: the sample, not all
cases. x86_64 runs in this host's JVM, all others under emulation. The test class that is likely to find a fault runs before all others.
At last, the classes whose tests found something run without a fault, and have to succeed.

  ARCH     all faults of these architectures; without ARCH and FAULT, all that there are
  FAULT    this fault, by its name, as --list shows it
  --tests  only these test classes, by their simple names
  --seed   the seed of the sample, as that of ./salto test-arch; the first digits of the commit's hash if not given
  --jobs   how many architectures are tested at the same time, 1 GB of memory each; $(default_jobs) if not given
  --limit  after how many seconds without a new line in its log a run counts as hanging; $default_limit if not given
  --list   the faults, and whether the ports' own unit tests find them

A fault that ends the JVM, or makes it hang, is found too: by the test that was running. The logs are in
$faults_folder/ARCH/FAULT. The faults are in
$faults_list

Exit codes: 0 all faults were found; 1 one was missed, or tests fail without a fault; 2 a wrong command line; 3 something is missing, or a fault's
text is no longer in its file.
END
}

wrong_faults_line() {
    printf 'plant-faults: %s\n\n' "$1" >&2
    plant_faults_usage >&2
    exit 2
}

# read_faults: fills the arrays from the list.
read_faults() {
    local line arch deb emulator suite name="" number=0
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
            "" | "#"*) ;;
            "fault "*)
                read -r _ arch name <<<"$line"
                name=$arch/$name
                fault_names+=("$name")
                what[$name]="" unit[$name]="" by[$name]="" file[$name]="" before[$name]="" after[$name]=""
                ;;
            "what  "*) what[$name]=${line#what  } ;;
            "unit  "*) unit[$name]=${line#unit  } ;;
            "by    "*) by[$name]=${line#by    } ;;
            "file  "*) file[$name]=${line#file  } ;;
            -*) before[$name]+=${before[$name]:+$'\n'}${line#-} ;;
            +*) after[$name]+=${after[$name]:+$'\n'}${line#+} ;;
            *) fail "line $number of $faults_list is none that its head describes: $line" "Correct that line." ;;
        esac
    done <"$faults_list"
    for name in "${fault_names[@]}"; do
        [[ -n ${what[$name]} && -f $here/${file[$name]} && -n ${before[$name]} ]] ||
            fail "the fault $name lacks its sentence, its text, or a file that exists: '${file[$name]}'" "Correct it in $faults_list."
        select_architecture "${name%%/*}" ||
            fail "there is no architecture '${name%%/*}', which the fault $name is for." "Correct it in $faults_list."
    done
}

# change_text NAME TARGET: writes the fault's file to TARGET, with the fault in it.
change_text() {
    local name=$1 target=$2 source=$here/${file[$1]} text rest
    # Without the x, the shell would remove line ends.
    text=$(cat "$source" && echo x)
    rest=${text#*"${before[$name]}"}
    [[ $rest != "$text" ]] ||
        fail "the text of the fault $name is not in ${file[$name]}: ${before[$name]}" "Correct it in $faults_list."
    [[ $rest != *"${before[$name]}"* ]] ||
        fail "the text of the fault $name is in ${file[$name]} more than once: ${before[$name]}" \
            "Add more of the line, or another line, in $faults_list."
    text=${text%%"${before[$name]}"*}${after[$name]}$rest
    text=${text%x}
    printf '%s' "${text%$'\n'}" >"$target"
    printf '\n' >>"$target"
}

class_path_of() {
    printf '%s' "$here/$1/target/classes:$(<"$here/salto-core/target/test-classpath")"
}

# plant NAME FOLDER: fills FOLDER/patch with what is different from the library without the fault.
plant() {
    local name=$1 folder=$2 arch=${1%%/*} text=dev/salto/internal/text
    rm -rf "$folder"
    mkdir -p "$folder"/{patch,sources/asm}
    if [[ ${file[$name]} == *.java ]]; then
        change_text "$name" "$folder/sources/$(basename "${file[$name]}")"
        "$jdk/bin/javac" --release "$java_version" -proc:none -implicit:none -nowarn -d "$folder/patch" \
            -classpath "$(class_path_of salto-core)" "$folder/sources/$(basename "${file[$name]}")" >"$folder/build.log" 2>&1
    else
        cp "$here"/salto-text/src/main/asm/text-image.* "$folder/sources/asm/"
        ln -s "$here/salto-text/src/main/callers" "$folder/sources/callers"
        change_text "$name" "$folder/sources/asm/$(basename "${file[$name]}")"
        "$jdk/bin/java" -classpath "$(class_path_of salto-text)" dev.salto.text.build.NativeCodeBuild --llvm="$llvm" \
            --sources="$folder/sources" --text="$folder/patch" --callers="$folder/callers" >"$folder/build.log" 2>&1 || return
        rm -r "$folder/callers"
        # The library takes the image from the folder that this class is in.
        cp "$here/salto-core/target/classes/$text/OwnClasses.class" "$folder/patch/$text/"
    fi
}

# Where Maven has the JAR of clang and lld, which the build fetched: in the same repository as all
# libraries.
find_llvm() {
    local version repository
    version=$(sed -n 's:.*<llvm.version>\(.*\)</llvm.version>.*:\1:p' "$here/pom.xml")
    repository=$(tr : '\n' <"$here/salto-core/target/test-classpath" | sed -n 's:/info/picocli/.*::p')
    llvm=$repository/org/bytedeco/llvm/$version/llvm-$version-linux-x86_64.jar
    [[ -r $llvm ]] || fail "the JAR of clang and lld is not where Maven keeps it, $llvm." "Build Salto once, with a network: mvn verify."
}

# await_child LOG: returns the status of the run in the background. 124 means that it hung: the log
# has not grown for a long time.
await_child() {
    local log=$1 size=0 seen=0 since=$SECONDS
    while [[ -n $(jobs -rp) ]]; do
        sleep 1
        size=$(stat --format=%s "$log" 2>/dev/null || echo 0)
        if [[ $size -ne $seen ]]; then
            seen=$size since=$SECONDS
        elif [[ $((SECONDS - since)) -gt $limit ]]; then
            end_child
            return 124
        fi
    done
    wait "$child"
}

# end_child: ends the run in the background, which has a process group of its own.
end_child() {
    kill -TERM -- "-$child" 2>/dev/null || return 0
    for _ in 1 2 3 4 5; do
        [[ -n $(jobs -rp) ]] || return 0
        sleep 1
    done
    kill -KILL -- "-$child" 2>/dev/null || true
}

# run_on_host FOLDER PATCH [CLASS...]: the tests in this host's JVM, with the options of an emulated
# one; the log goes to FOLDER/tests.log.
run_on_host() {
    local folder=$1 patch=$2
    shift 2
    mkdir -p "$folder/target"
    (
        ulimit -c 0
        cd "$folder"
        exec setsid "$jdk/bin/java" "${emulated_jvm_options[@]}" "${tests_options[@]}" \
            "-XX:ErrorFile=$folder/hs_err.log" \
            -classpath "${patch:+$patch:}$here/salto-core/target/test-classes:$(class_path_of salto-core)" \
            dev.salto.elsewhere.TestsElsewhere "$@" </dev/null
    ) >"$folder/tests.log" 2>&1 &
    child=$!
    await_child "$folder/tests.log"
}

# run_emulated FOLDER PATCH [CLASS...]: the same on the architecture, under emulation.
run_emulated() {
    local folder=$1 patch=$2 status=0 classes
    shift 2
    classes=$(IFS=, && echo "$*")
    # A run that does not begin leaves the log of the one before.
    rm -f "$folder/tests.log" "$here/salto-core/target/arch/$arch/tests.log"
    setsid "$here/salto" test-arch "$arch" --seed "$seed" --fail-fast ${patch:+--patch "$patch"} \
        ${classes:+--tests "$classes"} </dev/null >"$folder/output.log" 2>&1 &
    child=$!
    await_child "$here/salto-core/target/arch/$arch/tests.log" || status=$?
    cp "$here/salto-core/target/arch/$arch/tests.log" "$folder/" 2>/dev/null || true
    return "$status"
}

# run_with FOLDER PATCH [CLASS...]: returns the status of the run; 124 if it hung.
run_with() {
    if [[ $arch == "$host_architecture" ]]; then
        run_on_host "$@"
    else
        run_emulated "$@"
    fi
}

# finding LOG STATUS: prints which test found the fault, and how; fails if none did.
finding() {
    local log=$1 status=$2 failed running
    failed=$(in_log "$log" failed-test)
    running=$(sed -n 's/^test=//p' "$log" | tail -1)
    if [[ -n $failed ]]; then
        printf '%s' "$failed"
    elif [[ -n $(in_log "$log" skipped) ]]; then
        return 1
    elif [[ $status -eq 124 ]]; then
        printf '%s, which hung' "${running:-the start}"
    else
        printf '%s, in which the JVM ended' "${running:-the start}"
    fi
}

# report NAME WORD REST: one line about a fault, and its outcome for the end.
report() {
    end_of_steps
    printf '%-12s %-52s %s %s\n' "${1%%/*}" "${1#*/}" "$2" "$3"
    printf '%s %s\n' "$2" "$1" >>"$faults_folder/outcomes"
}

# test_faults ARCH NAME...: all faults of an architecture, one after the other, and then the tests
# that found them without a fault.
test_faults() {
    local arch=$1 name folder status started found problem finders=() classes likely child=""
    shift
    trap '[[ -z $child ]] || end_child; exit 1' TERM
    for name in "$@"; do
        folder=$faults_folder/$name
        show_step "$arch: ${name#*/}"
        if ! plant "$name" "$folder"; then
            report "$name" unknown "because it does not compile: $folder/build.log"
            continue
        fi
        started=$SECONDS status=0
        likely=("${tests[@]}")
        [[ ${#tests[@]} -gt 0 || -z ${by[$name]} ]] || likely=("${by[$name]}")
        run_with "$folder" "$folder/patch" "${likely[@]}" || status=$?
        # The likely test has not found it, so all others run.
        if [[ $status -eq 0 && ${likely[*]} != "${tests[*]}" ]]; then
            run_with "$folder" "$folder/patch" || status=$?
        fi
        problem=$(in_log "$folder/tests.log" problem 2>/dev/null || true)
        if [[ ! -s $folder/tests.log || -z $(in_log "$folder/tests.log" jvm) ]]; then
            report "$name" unknown "because the JVM did not start: $folder/output.log"
        elif [[ -n $problem ]]; then
            report "$name" unknown "because the text image was refused: $problem"
        elif found=$(finding "$folder/tests.log" "$status"); then
            report "$name" found "in $((SECONDS - started)) s by $found"
            # A JVM that ends at its start proves something only if it starts without the fault.
            [[ $found != "the start, "* ]] || found=${likely[0]:-ClosureTest}
            finders+=("${found%% *}")
        else
            report "$name" MISSED "in $((SECONDS - started)) s by $(in_log "$folder/tests.log" run) tests"
        fi
    done
    [[ ${#finders[@]} -gt 0 ]] || return 0
    mapfile -t classes < <(printf '%s\n' "${finders[@]}" | sort -u)
    folder=$faults_folder/$arch/without-a-fault
    rm -rf "$folder"
    mkdir -p "$folder"
    show_step "$arch: without a fault"
    started=$SECONDS status=0
    run_with "$folder" "" "${classes[@]}" || status=$?
    if [[ $status -eq 0 ]]; then
        end_of_steps
        printf '%-12s %-52s succeeds in %d s: %s\n' "$arch" "without a fault" "$((SECONDS - started))" "${classes[*]}"
    else
        report "$arch/without-a-fault" FAILS \
            "in $((SECONDS - started)) s, so nothing is proved: $(finding "$folder/tests.log" "$status" || echo "$folder")"
    fi
}

# names_like WORD: the faults of this architecture, or of this name; all, if the word is empty.
names_like() {
    local name found=1
    for name in "${fault_names[@]}"; do
        if [[ -z $1 || ${name%%/*} == "$1" || ${name#*/} == "$1" || $name == "$1" ]]; then
            printf '%s\n' "$name"
            found=0
        fi
    done
    return "$found"
}

count_outcomes() {
    grep -c "^$1 " "$faults_folder/outcomes" || true
}

plant_faults() {
    local wanted=() selected names=() tests=() seed="" full="" tries="" fail_fast=true tests_options list="" at_once limit=$default_limit jdk llvm name arch own missed unknown
    at_once=$(default_jobs)
    read_faults
    while [[ $# -gt 0 ]]; do
        case $1 in
            -h | --help)
                plant_faults_usage
                return
                ;;
            --list) list=true ;;
            --tests)
                [[ -n ${2:-} ]] || wrong_faults_line "--tests needs the names of test classes"
                IFS=, read -r -a tests <<<"$2"
                shift
                ;;
            --seed | --jobs | --limit)
                [[ ${2:-} =~ ^[0-9]{1,18}$ ]] || wrong_faults_line "$1 needs a number of at most 18 digits"
                case $1 in
                    --seed) seed=$2 ;;
                    --jobs) at_once=$2 ;;
                    --limit) limit=$2 ;;
                esac
                shift
                ;;
            -*) wrong_faults_line "there is no option '$1'" ;;
            *)
                names_like "$1" >/dev/null || wrong_faults_line "there is no architecture and no fault '$1'"
                wanted+=("$1")
                ;;
        esac
        shift
    done
    [[ $at_once -gt 0 ]] || wrong_faults_line "--jobs needs a number of at least 1"
    mapfile -t selected < <(for name in "${wanted[@]:-}"; do names_like "$name"; done | sort -u)
    if [[ -n $list ]]; then
        for name in "${selected[@]}"; do
            printf '%-12s %-52s unit tests: %-4s %s\n' "${name%%/*}" "${name#*/}" "${unit[$name]}" "${what[$name]}"
        done
        return
    fi
    require_host
    jdk=$(find_jdk)
    rm -f "$faults_folder/outcomes"
    mkdir -p "$faults_folder"
    : >"$faults_folder/outcomes"
    for name in "${selected[@]}"; do
        change_text "$name" /dev/null
    done
    build salto-core tests
    find_llvm
    choose_seed
    choose_tests >/dev/null
    printf 'The seed of the sample is %s.\n' "$seed"
    # Jobs in the background do not get an interrupt from the keyboard.
    trap 'trap - INT TERM; kill 0' INT TERM
    for arch in $(architecture_names); do
        own=()
        for name in "${selected[@]}"; do
            [[ ${name%%/*} != "$arch" ]] || own+=("$name")
        done
        [[ ${#own[@]} -gt 0 ]] || continue
        while [[ $(jobs -rp | wc -l) -ge $at_once ]]; do
            wait -n || true
        done
        test_faults "$arch" "${own[@]}" &
    done
    wait
    missed=$(count_outcomes MISSED)
    unknown=$((${#selected[@]} - missed - $(count_outcomes found)))
    printf 'plant-faults: %d planted, %d found, %d missed%s\n' "${#selected[@]}" "$(count_outcomes found)" "$missed" \
        "$([[ $unknown -eq 0 ]] || printf ', %d unknown' "$unknown")"
    [[ $unknown -eq 0 ]] || return "$missing"
    [[ $missed -eq 0 && $(count_outcomes FAILS) -eq 0 ]]
}

plant_faults "$@"
