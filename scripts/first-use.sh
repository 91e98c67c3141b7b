#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the first use of Salto: a fresh clone with nothing cached, and a new project that gets
# Salto from a repository.
# Exit codes: 0 it was measured; 1 a command failed; 3 something is missing on this machine.
set -euo pipefail

# shellcheck source=salto
source "$(dirname "${BASH_SOURCE[0]}")/../salto"

folder=$here/target/first-use
home=$folder/home
commands=("./salto demo" "mvn --batch-mode --no-transfer-progress verify")

usage() {
    cat <<END
Usage: scripts/first-use.sh [COMMAND...]

Clones the last commit and runs each command in a clone of its own, twice: with an empty home, so
that everything is fetched, and again with the first run's caches, so that nothing is. It prints
seconds, those of the processors, and the size of the caches. Without a command it measures:

$(printf '  %s\n' "${commands[@]}")

At last it measures a new project with Maven that gets Salto from a repository on this disk, to the
answer of its first callback.
END
}

# seconds LABEL FOLDER COMMAND: runs a command of the shell with the home above. Prints the seconds
# that it took, and those of its processors, which other work on the machine changes little.
seconds() {
    local label=$1 where=$2 log=$folder/log real user kernel
    # The file is complete when this shell has ended.
    if ! (cd "$where" && HOME=$home XDG_CACHE_HOME=$home/.cache MAVEN_OPTS=-Duser.home=$home TIMEFORMAT='%R %U %S' \
        bash -c 'time bash -c "$1" >"$2" 2>&1 </dev/null' - "$3" "$log" 2>"$folder/time"); then
        tail -20 "$log" >&2
        printf 'salto: it failed: %s\n' "$3" >&2
        exit 1
    fi
    read -r real user kernel <"$folder/time"
    awk -v label="$label" -v real="$real" -v user="$user" -v kernel="$kernel" \
        'BEGIN { printf "%-60s %6.0f s, %6.0f s of processors\n", label, real, user + kernel }'
}

clone() {
    rm -rf "$folder/clone"
    git clone --quiet --local --no-hardlinks "$here" "$folder/clone"
}

megabytes() {
    du --summarize --block-size=1000000 --apparent-size "$@" | awk '{ sum += $1 } END { print sum }'
}

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
    usage
    exit
fi
[[ $# -eq 0 ]] || commands=("$@")
require_host
require_maven
jdk=$(find_jdk)
export JAVA_HOME=$jdk
for command in "${commands[@]}"; do
    rm -rf "$folder"
    mkdir -p "$home"
    clone
    seconds "$command, nothing cached" "$folder/clone" "$command"
    printf '%-60s %6d MB\n' "  fetched by Maven" "$(megabytes "$home/.m2")"
    printf '%-60s %6d MB\n' "  of that, clang and lld" "$(megabytes "$home/.m2/repository/org/bytedeco/llvm")"
    printf '%-60s %6d MB\n' "  unpacked" "$(megabytes "$home/.cache/salto")"
    clone
    seconds "$command, everything fetched" "$folder/clone" "$command"
done

repository=$here/target/release/repository
[[ -d $repository ]] || fail "there is no $repository." "Run scripts/check-release.sh first."
cp -r "$here/scripts/consumer" "$folder/consumer"
version=$(basename "$(dirname "$(echo "$repository"/dev/salto/salto-core/*/maven-metadata.xml)")")
cat >"$folder/settings.xml" <<END
<settings>
  <profiles>
    <profile>
      <id>released</id>
      <repositories>
        <repository>
          <id>released</id>
          <url>file://$repository</url>
        </repository>
      </repositories>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>released</activeProfile>
  </activeProfiles>
</settings>
END
rm -rf "$home/.m2"
program="mvn --batch-mode --no-transfer-progress --settings '$folder/settings.xml' -Dsalto.version=$version '-Djdk=$jdk' compile &&
    '$jdk/bin/java' --enable-native-access=ALL-UNNAMED --class-path 'target/classes:target/lib/*' consumer.Main"
seconds "a new project to its first callback, nothing cached" "$folder/consumer" "$program"
rm -rf "$folder/consumer/target"
seconds "a new project to its first callback, everything fetched" "$folder/consumer" "$program"
