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

# The root folder of programs whose libraries need many others: GTK 4 and a screen for it, with the
# shell that the screen starts, and libfuse.
applications_suite=trixie
applications_packages=(libgtk-4-1 xvfb dash libfuse3-4)
applications_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/applications

applications_usage() {
    cat <<EOF
Usage: ./salto test-applications [NAME...]

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

The last line is the total, "test-applications: N run, N failed, N skipped, S s".

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
        start=(in_root "$applications_cache/root" "$here" "")
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
            - | debian) ;;
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
        rm -rf "$applications_folder/lib"
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

test_applications() {
    local row name class jars needs missing end wanted=() classes=() wants_jars="" run=0 failed=0 skipped=0
    for name in "$@"; do
        case $name in
            -h | --help)
                applications_usage
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
