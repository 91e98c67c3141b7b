#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks a release before it is made. It deploys into a local repository, and builds a user's
# project from that repository alone. Then it builds a copy of the sources elsewhere, whose bytes
# must be the same.
# Exit codes: 0 all is as it should be; 1 a check failed; 3 something is missing on this machine.
set -euo pipefail

# shellcheck source=salto
source "$(dirname "${BASH_SOURCE[0]}")/../salto"

folder=$here/target/release
repository=$folder/repository
cache=file://${MAVEN_REPO_LOCAL:-$HOME/.m2/repository}
modules=salto-bom,salto-core,salto-agent
passed=0
failed=0
skipped=0

usage() {
    cat <<END
Usage: scripts/check-release.sh

Deploys the modules for users into $repository
and checks that

  - nothing else is there, and each POM says what Maven Central asks for;
  - each JAR has LICENSE and NOTICE, and Javadoc and sources have what they should have;
  - a project that knows only that repository compiles without a warning and has a callback, on the
    class path, on the module path, in a run-time image, and with Gradle if it is installed;
  - the project of each example can be built and tested alone, if this machine has its C library;
  - a build of the same sources in another folder gives the same bytes.

It takes about two minutes. Exit codes: 0 all is so; 1 a check failed; 3 something is missing.
END
}

# check WHAT COMMAND...: counts a check; shows what the command printed if it fails.
check() {
    local what=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        printf '  ok       %s\n' "$what"
    else
        failed=$((failed + 1))
        printf '  FAILED   %s\n' "$what"
        tail -30 <<<"$output" | sed 's/^/           /'
    fi
}

skip() {
    skipped=$((skipped + 1))
    printf '  skipped  %s\n' "$1"
}

# run_maven LOG ARGUMENT...: Maven's output goes to a log file, whose end is shown if it fails.
run_maven() {
    local log=$1
    shift
    if ! mvn --batch-mode "$@" 2>&1 | tee "$log" | show_steps 2>&3; then
        grep -E '^\[ERROR\]' "$log" | head -20 >&2 || tail -20 "$log" >&2
        printf 'salto: the build failed; all it said is in %s\n' "$log" >&2
        exit 1
    fi
}

# deploy CHECKOUT REPOSITORY LOG
deploy() {
    # The Javadoc plugin takes an old Javadoc for a new one if the names of files are the same.
    rm -rf "$1"/salto-{core,agent}/target/{reports,maven-javadoc-plugin-stale-data.txt}
    run_maven "$3" --file "$1/pom.xml" deploy -Partifacts -Dmaven.install.skip=true -Dmaven.test.skip=true \
        --projects "$modules" --also-make "-DaltDeploymentRepository=local::file://$2"
}

# copy_sources FOLDER: the files of this checkout that git knows, or would know.
copy_sources() {
    mkdir -p "$1"
    git -C "$here" ls-files -z --cached --others --exclude-standard |
        (cd "$here" && xargs -0 -I{} sh -c 'test ! -e "$1" || printf "%s\0" "$1"' _ {}) |
        tar -C "$here" --null --files-from=- --create | tar -C "$1" --extract
}

artifact() {
    # shellcheck disable=SC2206 # the ending is a pattern
    local matches=("$repository/dev/salto/$1/"*/"$1"-*$2)
    printf '%s\n' "${matches[0]}"
}

only_modules_for_users() {
    [[ $(ls "$repository/dev/salto" | tr '\n' ,) == salto-agent,salto-bom,salto-core, ]]
}

pom_is_complete() {
    local element
    for element in name description url licenses developers scm issueManagement; do
        grep -q "<$element[ >]" "$1" || { echo "$1 has no $element"; return 1; }
    done
    if grep -nE '<parent>|\$\{(salto|jdk)' "$1" || grep -nF "$here" "$1"; then
        echo "$1 names the parent, a property of the build or a path"
        return 1
    fi
}

entries() {
    "$jdk/bin/jar" --list --file "$1"
}

has_entries() {
    local jar=$1 entry list
    shift
    list=$(entries "$jar")
    for entry in "$@"; do
        grep -qx "$entry" <<<"$list" || { echo "$jar has no entry $entry"; return 1; }
    done
}

# A Javadoc without a page of an internal class.
no_internal_pages() {
    local pages
    pages=$(entries "$1" | grep -i internal || true)
    [[ -z $pages ]] || { echo "$pages"; return 1; }
}

no_images() {
    ! entries "$1" | grep -E '\.(so|dll)$'
}

answers() {
    local output
    output=$("$@" 2>&1) || { echo "$output"; return 1; }
    [[ $output == *answer=42* && $output != *WARNING* ]] || { echo "it printed: $output"; return 1; }
}

# write_settings FILE [URL]: Salto comes from the repository alone, other dependencies from the URL,
# or not at all. Plugins may come from the cache, which has them.
write_settings() {
    cat >"$1" <<END
<settings>
  <profiles>
    <profile>
      <id>released</id>
      <repositories>
        <repository>
          <id>central</id>
          <url>file://$repository</url>
        </repository>
        <repository>
          <id>others</id>
          <url>${2:-file://$repository}</url>
          <releases>
            <checksumPolicy>ignore</checksumPolicy>
          </releases>
          <snapshots>
            <enabled>false</enabled>
          </snapshots>
        </repository>
      </repositories>
      <pluginRepositories>
        <pluginRepository>
          <id>released</id>
          <url>file://$repository</url>
        </pluginRepository>
        <pluginRepository>
          <id>cache</id>
          <url>$cache</url>
          <releases>
            <checksumPolicy>ignore</checksumPolicy>
          </releases>
        </pluginRepository>
      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>released</activeProfile>
  </activeProfiles>
</settings>
END
}

build_consumer() {
    local consumer=$1
    cp -r "$here/scripts/consumer" "$consumer"
    sed -n '/^```xml/,/^```$/ { //!p }' "$here/docs/agent.md" >"$folder/recipe.xml"
    sed -i "/recipe of docs/r $folder/recipe.xml" "$consumer/pom.xml"
    write_settings "$folder/settings.xml"
    maven_consumer "$consumer" compile
}

# maven_consumer PROJECT GOAL: Maven in the user's project.
maven_consumer() {
    run_maven "$folder/consumer.log" --file "$1/pom.xml" --settings "$folder/settings.xml" \
        "-Dmaven.repo.local=$folder/cache" "-Dsalto.version=$version" "-Djdk=$jdk" "${@:2}"
}

# The JAR has a call of the JDK's linker.
rewrite_consumer() {
    local rewritten=$1/target/consumer-1-static.jar
    "$jdk/bin/jar" --create --file "$1/target/consumer-1.jar" -C "$1/target/classes" . &&
        maven_consumer "$1" exec:exec@static-trampolines &&
        [[ $("$jdk/bin/javap" -c --class-path "$rewritten" consumer.Stub) == *dev/salto/StaticLinker.upcallStub* ]] &&
        answers "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --class-path "$2:$rewritten" consumer.Stub
}

# build_examples NAME...: builds copies of the examples' projects, one by one in one run of Maven.
build_examples() {
    local name
    {
        echo '<project><modelVersion>4.0.0</modelVersion><groupId>examples</groupId><artifactId>examples</artifactId>'
        echo '<version>1</version><packaging>pom</packaging><modules>'
        for name in "$@"; do
            cp -r "$here/examples/$name" "$folder/examples/$name"
            echo "<module>$name</module>"
        done
        echo '</modules></project>'
    } >"$folder/examples/pom.xml"
    write_settings "$folder/examples/settings.xml" "$cache"
    run_maven "$folder/examples.log" --file "$folder/examples/pom.xml" --settings "$folder/examples/settings.xml" \
        "-Dmaven.repo.local=$folder/cache" verify
}

make_image() {
    "$jdk/bin/jlink" --module-path "$1/target/lib:$1/target/classes" --add-modules consumer --output "$1/image"
}

run_gradle() {
    # Debian's Gradle is of a time before JDK 25.
    answers env JAVA_HOME="$(gradle_jdk)" gradle --no-daemon --console plain --gradle-user-home "$folder/gradle" \
        --project-dir "$1" --quiet "-Drepository=file://$repository" "-Dsalto.version=$version" "-Djdk=$jdk" run
}

gradle_jdk() {
    local candidate
    for candidate in /usr/lib/jvm/java-17-openjdk-* /usr/lib/jvm/java-11-openjdk-* "$jdk"; do
        [[ ! -x $candidate/bin/java ]] || { printf '%s\n' "$candidate"; return; }
    done
}

same_bytes() {
    local kind ours theirs different=0
    for kind in salto-{core,agent}:{.jar,-sources.jar,-javadoc.jar,-cyclonedx.json,-cyclonedx.xml}; do
        ours=$(echo "$here/${kind%%:*}/target/${kind%%:*}"-*[0-9T]"${kind#*:}")
        theirs=$1/${ours#"$here"/}
        cmp "$ours" "$theirs" || different=1
    done
    for kind in salto-bom salto-core salto-agent; do
        cmp "$here/$kind/target/flattened-pom.xml" "$1/$kind/target/flattened-pom.xml" || different=1
    done
    return "$different"
}

case ${1:-} in
    "") ;;
    -h | --help)
        usage
        exit
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac

require_host
require_maven
command -v git >/dev/null || fail "git was not found on the PATH." "Install it (Debian: apt-get install git)."
jdk=$(find_jdk)
export JAVA_HOME=$jdk
# JARs of sources and Javadoc keep the modes of files.
umask 022
# Where steps are shown, also while the output of a check is kept.
exec 3>&2
rm -rf "$folder"
mkdir -p "$folder"

# They may build this checkout, so they come before what is deployed.
echo "Trying which examples run here"
mkdir "$folder/examples"
examples=()
for pom in "$here"/examples/*/pom.xml; do
    name=$(basename "$(dirname "$pom")")
    if "$here/salto" example "${name/%trampolines/trampoline-data}" >"$folder/examples/$name.log" 2>&1; then
        examples+=("$name")
    else
        skip "the project of an example is built: $(tail -1 "$folder/examples/$name.log")"
    fi
done

echo "Deploying into $repository"
deploy "$here" "$repository" "$folder/deploy.log"
version=$(basename "$(dirname "$(artifact salto-core .pom)")")

check "only the modules for users are deployed" only_modules_for_users
for module in salto-bom salto-core salto-agent; do
    check "the POM of $module says what Maven Central asks for" pom_is_complete "$(artifact "$module" .pom)"
done
for kind in {core,agent}{,-sources,-javadoc}; do
    jar=$(artifact "salto-${kind%%-*}" "[0-9T]${kind#"${kind%%-*}"}.jar")
    check "the JAR salto-$kind has LICENSE and NOTICE" has_entries "$jar" META-INF/LICENSE META-INF/NOTICE
done
check "the sources are there" has_entries "$(artifact salto-core -sources.jar)" module-info.java dev/salto/ClosureType.java
check "the sources are without text images" no_images "$(artifact salto-core -sources.jar)"
check "the Javadoc is there" has_entries "$(artifact salto-core -javadoc.jar)" index.html dev.salto/dev/salto/ClosureType.html
check "the Javadoc has no internal package" no_internal_pages "$(artifact salto-core -javadoc.jar)"
check "the list of dependencies is there" grep -q CycloneDX "$(artifact salto-core -cyclonedx.json)"

check "the Javadoc of the agent has no internal package" no_internal_pages "$(artifact salto-agent -javadoc.jar)"

consumer=$folder/consumer
check "a project compiles without a warning, from the repository alone" build_consumer "$consumer"
libraries=$(echo "$consumer/target/lib/"*.jar | tr ' ' :)
check "a callback works on the class path" answers "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    --class-path "$libraries:$consumer/target/classes" consumer.Main
check "a callback works on the module path" answers "$jdk/bin/java" --enable-native-access=dev.salto,consumer \
    --module-path "$consumer/target/lib:$consumer/target/classes" --module consumer/consumer.Main
check "a callback works with the agent, too" answers "$jdk/bin/java" "-javaagent:$(artifact salto-agent "[0-9T].jar")" \
    --enable-native-access=ALL-UNNAMED --class-path "$libraries:$consumer/target/classes" consumer.Main
check "the recipe of the page rewrites a JAR, which needs no agent" rewrite_consumer "$consumer" "$libraries"
check "jlink makes a run-time image" make_image "$consumer"
check "a callback works in the run-time image" answers "$consumer/image/bin/java" \
    --enable-native-access=dev.salto,consumer --module consumer/consumer.Main
if command -v gradle >/dev/null; then
    check "a callback works in a project of Gradle" run_gradle "$consumer"
else
    skip "a callback works in a project of Gradle: gradle is not installed"
fi

check "the projects of the examples are built and tested alone: ${examples[*]}" build_examples "${examples[@]}"

echo "Building the same sources in another folder"
copy="$folder/another folder"
copy_sources "$copy"
TZ=Pacific/Chatham LC_ALL=C.UTF-8 deploy "$copy" "$folder/another-repository" "$folder/another.log"
check "two builds give the same bytes" same_bytes "$copy"

printf 'release: %d run, %d failed, %d skipped, %d s\n' "$((passed + failed + skipped))" "$failed" "$skipped" "$SECONDS"
[[ $failed -eq 0 ]]
