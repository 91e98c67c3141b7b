#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-applications: programs with libraries from Maven Central that know the JDK's linker
# only, once with its stubs and once with the agent. Part of the script salto, whose functions it
# uses.

# shellcheck disable=SC2154 # 'here', 'jdk' and 'unfinished' are set in salto and debian.sh

# A program: its name, class, need of JARs (jars or -), its needs of the system, and its end with
# the JDK's stubs (same or dies). Needs are libraries, devices, and a root folder of Debian's.
applications=(
    "sqlite      Sqlite      -     libsqlite3.so.0   same"
    "java-gi     Gtk4        jars  debian            same"
    "lwjgl       Lwjgl       jars  -                 same"
    "tomcat      Tomcat      jars  libssl.so.3       same"
    "jfuse       Jfuse       jars  debian,/dev/fuse  same"
    "tree-sitter TreeSitter  jars  -                 same"
    "live        Live        -     -                 dies"
    "own-arena   OwnArena    -     -                 dies"
)

# The root folder of programs whose libraries need many others. It has libfuse, GTK 4, and a screen
# with the shell that the screen starts.
applications_suite=trixie
applications_packages=(libgtk-4-1 xvfb dash libfuse3-4)
applications_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/applications

# How many starts of a kind are measured.
starts=20

applications_usage() {
    cat <<EOF
Usage: ./salto test-applications [NAME...]
       ./salto test-applications --starts

Runs programs that know the JDK's linker only, with their libraries from Maven Central: once with the JDK's
upcall stubs, and once with Salto's agent. The output must be the same. A table has milliseconds, the peaks of
RSS and code cache in KB, and mappings at the end. All take two minutes. Those whose libraries or devices are missing
are skipped.

  sqlite       a function of SQLite in Java, and 20,000 statements
  java-gi      GTK 4 draws a window; 100,000 handlers of a signal are connected and disconnected
  lwjgl        20,000 callbacks of stb, and 20,000 of GLFW
  tomcat       1,000 handshakes of OpenSSL over FFM
  jfuse        a file system is mounted, and its file is read 10,000 times
  tree-sitter  2,000 texts are parsed in pieces, with a log
  live         400,000 live stubs; the JDK does not survive it
  own-arena    callbacks that close their own arenas; the JDK does not survive it

GTK 4, its screen and libfuse, 380 MB of disk, are Debian's. They are fetched once, into
$applications_cache
That needs apt and dpkg, and Debian's archive keys. These programs run in a root folder of their own, as for test-windows.

With --starts it measures JVMs instead: the milliseconds from their start to main, of a program without callbacks.
$starts starts of each kind take turns. The median is the time on this machine now, and the least that on a quiet one.

The last line of the programs is the total, "test-applications: N run, N failed, N skipped, S s".

Exit codes: 0 all programs succeeded; 1 one failed; 2 a wrong command line; 3 something is missing.
EOF
}

fetch_applications_root() {
    local wanted=("$applications_suite" "${applications_packages[@]}")
    ! is_fetched "$applications_cache" "${wanted[@]}" || return 0
    require_apt
    new_folder "$(dirname "$applications_cache")"
    fetch --dependencies . "Libraries" "$unfinished" amd64 "$applications_suite" "${applications_packages[@]}"
    end_of_steps
    complete_root "$unfinished/root"
    printf 'packages=%s\n' "${wanted[*]}" >"$unfinished/versions"
    publish "$applications_cache"
}

# run_application KIND NAME CLASS NEEDS [JVM_OPTION...]: the output and the figures are in files.
run_application() {
    local kind=$1 name=$2 class=$3 needs=$4 arguments=() start=() root_limit=(timeout --kill-after=10 300)
    shift 4
    if [[ $needs == debian* ]]; then
        start=(start_in_root "$applications_cache/root" "$here" "")
    else
        start=("${root_limit[@]}")
    fi
    if [[ $name == tomcat ]]; then
        arguments=("$applications_folder/key.p12" "$applications_folder/tomcat")
    fi
    rm -f "$applications_folder/$name.$kind".*
    "${start[@]}" "$jdk/bin/java" "$@" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -XX:-CreateCoredumpOnCrash -XX:ErrorFile="$applications_folder/$name.$kind.crash" \
        -Djava.io.tmpdir="$applications_folder" \
        "-Djava.library.path=$applications_folder:/usr/lib/x86_64-linux-gnu" "-Dfigures=$applications_folder/$name.$kind.figures" \
        --class-path "$applications_folder/classes:$applications_folder/lib/*" "$class" "${arguments[@]}" \
        >"$applications_folder/$name.$kind.out" 2>"$applications_folder/$name.$kind.err"
}

# application_row NAME KIND: a row of the table.
application_row() {
    local time rss code mappings
    if read -r time rss code mappings 2>/dev/null <"$applications_folder/$1.$2.figures"; then
        printf '%-11s %-6s %8d %9d %9d %9d\n' "$1" "$2" "$time" "$rss" "$code" "$mappings"
    else
        printf '%-11s %-6s the JVM ended\n' "$1" "$2"
    fi
}

# test_application NAME CLASS NEEDS END: runs a program twice.
test_application() {
    local name=$1 class=$2 needs=$3 end=$4 agent alone=0 status=0
    agent=$(echo "$here"/salto-agent/target/salto-agent-*[0-9T].jar)
    run_application jdk "$name" "$class" "$needs" || alone=$?
    run_application agent "$name" "$class" "$needs" "-javaagent:$agent" || status=$?
    application_row "$name" jdk
    application_row "$name" agent
    if [[ $status -ne 0 ]]; then
        printf '%s ended with %d; what it said is in %s\n' "$name" "$status" "$applications_folder/$name.agent.err"
        return 1
    fi
    if [[ $end == same ]] && { [[ $alone -ne 0 ]] ||
        ! cmp -s "$applications_folder/$name".{jdk,agent}.out; }; then
        printf '%s: the output is not the same: %s\n' "$name" "$applications_folder/$name".{jdk,agent}.out
        return 1
    fi
}

missing_needs() {
    local need known
    known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p || true)
    for need in ${1//,/ }; do
        case $need in
            -) ;;
            debian) [[ -d $applications_cache || -r $keyring ]] || printf '%s ' "$keyring" ;;
            /dev/*) (exec 3<>"$need") 2>/dev/null || printf '%s ' "$need" ;;
            *) [[ $known == *"$need "* ]] || printf '%s ' "$need" ;;
        esac
    done
}

prepare_applications() {
    local wants_jars=$1 sources=("$here"/scripts/applications/Figures.java) class
    shift
    mkdir -p "$applications_folder/classes"
    if [[ -n $wants_jars && ! $applications_folder/lib/complete -nt $here/scripts/applications/pom.xml ]]; then
        require_maven
        rm -rf "${applications_folder:?}/lib"
        echo "Fetching the libraries of the programs." >&2
        mvn --batch-mode --quiet --file "$here/scripts/applications/pom.xml" \
            org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies \
            "-DoutputDirectory=$applications_folder/lib" >"$applications_folder/fetch.log" 2>&1 ||
            fail "the libraries could not be fetched; what Maven said is in $applications_folder/fetch.log"
        touch "$applications_folder/lib/complete"
    fi
    for class in "$@"; do
        sources+=("$here/scripts/applications/$class.java")
    done
    "$jdk/bin/javac" -d "$applications_folder/classes" --class-path "$applications_folder/lib/*" "${sources[@]}"
    [[ -e $applications_folder/key.p12 ]] ||
        "$jdk/bin/keytool" -genkeypair -alias salto -keyalg RSA -dname CN=localhost -storetype PKCS12 \
            -keystore "$applications_folder/key.p12" -storepass changeit >/dev/null 2>&1
}

# measure_starts: a table of the time until main, with class-data sharing and with an AOT cache.
measure_starts() {
    local folder=$here/salto-agent/target/starts kind cache began now agents=(
        "none" "empty -javaagent:$here/salto-agent/target/starts/empty.jar"
        "salto -javaagent:$(echo "$here"/salto-agent/target/salto-agent-*[0-9T].jar)"
    )
    rm -rf "$folder"
    mkdir -p "$folder"
    "$jdk/bin/javac" -d "$folder/classes" "$here"/scripts/applications/{Start,EmptyAgent}.java
    "$jdk/bin/jar" --create --file "$folder/start.jar" -C "$folder/classes" Start.class
    echo "Premain-Class: EmptyAgent" >"$folder/manifest"
    "$jdk/bin/jar" --create --file "$folder/empty.jar" --manifest "$folder/manifest" -C "$folder/classes" EmptyAgent.class
    for kind in "${agents[@]}"; do
        # shellcheck disable=SC2086 # one option, or none
        "$jdk/bin/java" "-XX:AOTCacheOutput=$folder/${kind%% *}.aot" ${kind#"${kind%% *}"} \
            --class-path "$folder/start.jar" Start >"$folder/training.log" 2>&1
    done
    for _ in $(seq "$starts"); do
        for kind in "${agents[@]}"; do
            for cache in "" "-XX:AOTCache=$folder/${kind%% *}.aot"; do
                began=$EPOCHREALTIME
                # shellcheck disable=SC2086 # as above
                now=$("$jdk/bin/java" $cache ${kind#"${kind%% *}"} --class-path "$folder/start.jar" Start)
                echo $((1000 * now - ${began/[.,]/})) >>"$folder/${kind%% *}${cache:+.cache}"
            done
        done
    done
    printf '%-10s %10s %10s %12s %10s\n' agent "ms: median" least "AOT: median" least
    for kind in none empty salto; do
        paste <(sort -n "$folder/$kind") <(sort -n "$folder/$kind.cache") | awk -v kind="$kind" '
            { all[NR] = $1 / 1000; cached[NR] = $2 / 1000 }
            END {
                middle = int((NR + 1) / 2)
                printf "%-10s %10.0f %10.0f %12.0f %10.0f\n", kind, all[middle], all[1], cached[middle], cached[1]
            }'
    done
}

test_applications() {
    local row name class jars needs missing end wanted=() classes=() wants_jars="" run=0 failed=0 skipped=0
    for name in "$@"; do
        case $name in
            -h | --help)
                applications_usage
                return
                ;;
            --starts)
                build salto-agent
                measure_starts
                return
                ;;
        esac
        [[ " $(printf '%s\n' "${applications[@]}" | awk '{ print $1 }' | tr '\n' ' ')" == *" $name "* ]] || {
            printf "salto: there is no program '%s'\n\n" "$name" >&2
            applications_usage >&2
            exit 2
        }
    done
    for row in "${applications[@]}"; do
        read -r name class jars needs end <<<"$row"
        [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
        missing=$(missing_needs "$needs")
        if [[ -n $missing ]]; then
            printf '%-11s skipped: this system has no %s\n' "$name" "$missing"
            skipped=$((skipped + 1))
            continue
        fi
        [[ $needs != debian* ]] || fetch_applications_root
        wanted+=("$name $class $needs $end")
        classes+=("$class")
        [[ $jars == - ]] || wants_jars=true
    done
    build salto-agent
    applications_folder=$here/salto-agent/target/applications
    prepare_applications "$wants_jars" "${classes[@]}"
    printf '%-11s %-6s %8s %9s %9s %9s\n' program stubs ms "RSS KB" "code KB" mappings
    for row in "${wanted[@]}"; do
        read -r name class needs end <<<"$row"
        run=$((run + 1))
        test_application "$name" "$class" "$needs" "$end" || failed=$((failed + 1))
    done
    printf 'test-applications: %d run, %d failed, %d skipped, %d s\n' "$((run + skipped))" "$failed" "$skipped" "$SECONDS"
    [[ $failed -eq 0 ]]
}
