#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-applications: programs with libraries from Maven Central that know the JDK's linker
# only, once with its stubs and once with the agent. Part of the script salto, whose functions it
# uses.

# shellcheck disable=SC2154 # 'here' and 'jdk' are set in salto

# A program: its name, class, need of JARs (jars or -), libraries of the system, and its end with
# the JDK's stubs (same or dies).
applications=(
    "sqlite     Sqlite    -     libsqlite3.so.0                     same"
    "java-gi    Signals   jars  libgobject-2.0.so.0,libgio-2.0.so.0 same"
    "lwjgl      Lwjgl     jars  -                                   same"
    "tomcat     Tomcat    jars  libssl.so.3                         same"
    "live       Live      -     -                                   dies"
    "own-arena  OwnArena  -     -                                   dies"
)

applications_usage() {
    cat <<EOF
Usage: ./salto test-applications [NAME...]

Runs programs that know the JDK's linker only, with their libraries from Maven Central: once with the JDK's
upcall stubs, and once with Salto's agent. The output must be the same. A table has milliseconds, the peaks of
RSS and code cache in KB, and mappings at the end. All take two minutes, without those whose libraries are missing.

  sqlite     a function of SQLite in Java, and 20,000 statements
  java-gi    100,000 handlers of a GLib signal are connected and disconnected
  lwjgl      20,000 callbacks of stb, and 20,000 of GLFW
  tomcat     1,000 handshakes of OpenSSL over FFM
  live       400,000 live stubs; the JDK does not survive it
  own-arena  callbacks that close their own arenas; the JDK does not survive it

The last line is the total, "test-applications: N run, N failed, N skipped, S s".

Exit codes: 0 all programs succeeded; 1 one failed; 2 a wrong command line; 3 something is missing.
EOF
}

# run_application KIND NAME CLASS [JVM_OPTION...]: the output and the figures are in files.
run_application() {
    local kind=$1 name=$2 class=$3 arguments=()
    shift 3
    if [[ $name == tomcat ]]; then
        arguments=("$applications_folder/key.p12" "$applications_folder/tomcat")
    fi
    rm -f "$applications_folder/$name.$kind".*
    timeout 300 "$jdk/bin/java" "$@" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -XX:-CreateCoredumpOnCrash -XX:ErrorFile="$applications_folder/$name.$kind.crash" \
        -Djava.io.tmpdir="$applications_folder" "-Dfigures=$applications_folder/$name.$kind.figures" \
        --class-path "$applications_folder/classes:$applications_folder/lib/*" "$class" "${arguments[@]}" \
        >"$applications_folder/$name.$kind.out" 2>"$applications_folder/$name.$kind.err"
}

# application_row NAME KIND: a row of the table.
application_row() {
    local time rss code mappings
    if read -r time rss code mappings 2>/dev/null <"$applications_folder/$1.$2.figures"; then
        printf '%-10s %-6s %8d %9d %9d %9d\n' "$1" "$2" "$time" "$rss" "$code" "$mappings"
    else
        printf '%-10s %-6s the JVM ended\n' "$1" "$2"
    fi
}

# test_application NAME CLASS END: runs a program twice.
test_application() {
    local name=$1 class=$2 end=$3 agent alone=0 status=0
    agent=$(echo "$here"/salto-agent/target/salto-agent-*[0-9T].jar)
    run_application jdk "$name" "$class" || alone=$?
    run_application agent "$name" "$class" "-javaagent:$agent" || status=$?
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

missing_libraries() {
    local library known
    known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p || true)
    for library in ${1//,/ }; do
        [[ $library == - || $known == *"$library "* ]] || printf '%s ' "$library"
    done
}

prepare_applications() {
    local wants_jars=$1 sources=("$here"/scripts/applications/Figures.java) class
    shift
    mkdir -p "$applications_folder/classes"
    if [[ -n $wants_jars && ! -e $applications_folder/lib/complete ]]; then
        require_maven
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
    local row name class jars libraries end wanted=() classes=() wants_jars="" run=0 failed=0 skipped=0
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
        read -r name class jars libraries end <<<"$row"
        [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
        libraries=$(missing_libraries "$libraries")
        if [[ -n $libraries ]]; then
            printf '%-10s skipped: this system has no %s\n' "$name" "$libraries"
            skipped=$((skipped + 1))
            continue
        fi
        wanted+=("$name $class $end")
        classes+=("$class")
        [[ $jars == - ]] || wants_jars=true
    done
    build salto-agent
    applications_folder=$here/salto-agent/target/applications
    prepare_applications "$wants_jars" "${classes[@]}"
    printf '%-10s %-6s %8s %9s %9s %9s\n' program stubs ms "RSS KB" "code KB" mappings
    for row in "${wanted[@]}"; do
        read -r name class end <<<"$row"
        run=$((run + 1))
        test_application "$name" "$class" "$end" || failed=$((failed + 1))
    done
    printf 'test-applications: %d run, %d failed, %d skipped, %d s\n' "$((run + skipped))" "$failed" "$skipped" "$SECONDS"
    [[ $failed -eq 0 ]]
}
