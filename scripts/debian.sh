#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fetches packages and sources from Debian, for other scripts. It runs apt with folders and lists of
# its own, which checks signatures and hashes. It installs nothing, and needs no root. Uses
# fail.sh.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# shellcheck source=scripts/steps.sh
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

version_in() {
    sed -n "s/^$2=//p" "$1/versions" 2>/dev/null || true
}

# The list of packages that a folder was filled with is in its file of versions, which is written
# last.
is_fetched() {
    local folder=$1
    shift
    [[ $(version_in "$folder" packages) == "$*" ]]
}

debian_mirror() {
    local site
    if [[ -n ${SALTO_DEBIAN_MIRROR:-} ]]; then
        printf '%s\n' "${SALTO_DEBIAN_MIRROR%/}"
        return
    fi
    while IFS= read -r site; do
        if [[ ${site%/} == */debian ]]; then
            printf '%s\n' "${site%/}"
            return
        fi
    done < <(apt-get indextargets --format "\$(SITE)" 2>/dev/null)
    fail "apt's configuration on this system names no mirror of Debian, from which what is needed here comes." \
        "Name one (SALTO_DEBIAN_MIRROR=URL), or use a Debian system or container."
}

require_apt() {
    local tool
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null ||
            fail "$tool was not found on this system; what is needed here comes from Debian." \
                "Use a Debian system, or a container of one."
    done
    [[ -r $keyring ]] ||
        fail "Debian's archive keys are not in $keyring." "Install them (apt-get install debian-archive-keyring)."
}

# private_apt NAME FOLDER DEBIAN_ARCH SUITE KIND: apt in FOLDER/apt, with a list of Debian's
# packages (deb) or sources (deb-src), which checks signatures and hashes. Sets mirror and options,
# which every call of apt-get needs; what apt says goes to FOLDER/log.
private_apt() {
    local name=$1 apt=$2/apt arch=$3 suite=$4 kind=$5
    mirror=$(debian_mirror) || exit
    mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,etc/preferences.d,packages}
    touch "$apt/state/status"
    printf '%s [signed-by=%s] %s %s main\n' "$kind" "$keyring" "$mirror" "$suite" >"$apt/etc/sources.list"
    options=(
        -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/state/status" -o "Dir::Cache=$apt/cache"
        -o "Dir::Etc=$apt/etc" -o "Dir::Etc::sourcelist=$apt/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o APT::Sandbox::User=root
        -o APT::Get::AllowUnauthenticated=false -o Acquire::Languages=none -o Acquire::Retries=2
    )
    show_step "$name: fetching Debian's list of packages ($suite, $arch)"
    # apt-get update counts what it cannot fetch as a warning; without a list there is nothing to
    # fetch.
    apt-get "${options[@]}" -q update >"$2/log" 2>&1 || true
}

# fetch [--dependencies EXPRESSION] NAME FOLDER DEBIAN_ARCH SUITE PACKAGE...: packages, unpacked in
# FOLDER/root, and of what they depend on those whose names match the expression. Their names and
# versions stay in FOLDER/packages.
fetch() {
    local dependencies=""
    if [[ $1 == --dependencies ]]; then
        dependencies=$2
        shift 2
    fi
    local name=$1 folder=$2 arch=$3 suite=$4 apt=$2/apt log=$2/log mirror options size file packages
    shift 4
    private_apt "$name" "$folder" "$arch" "$suite" deb
    mkdir -p "$folder/root"
    packages=("$@")
    if [[ -n $dependencies ]]; then
        # Nothing is installed in the private state, so all that is needed would be.
        mapfile -t packages < <(apt-get "${options[@]}" -q --simulate --no-install-recommends install "$@" 2>>"$log" |
            awk -v wanted="$dependencies" '$1 == "Inst" && $2 ~ wanted { print $2 }')
        [[ ${#packages[@]} -gt 0 ]] || fetch_failed "$name" "$mirror" "$suite" "$log"
    fi
    if ! size=$(cd "$apt/packages" && apt-get "${options[@]}" -qq --print-uris download "${packages[@]}" 2>>"$log" |
        awk '{ sum += $3 } END { printf "%d", sum / 1e6 }'); then
        fetch_failed "$name" "$mirror" "$suite" "$log"
    fi
    show_step "$name: fetching $size MB of packages"
    (cd "$apt/packages" && apt-get "${options[@]}" -q download "${packages[@]}") >>"$log" 2>&1 ||
        fetch_failed "$name" "$mirror" "$suite" "$log"
    for file in "$apt"/packages/*.deb; do
        show_step "$name: unpacking $(basename "$file")"
        dpkg-deb --extract "$file" "$folder/root" 2>>"$log" || fetch_failed "$name" "$mirror" "$suite" "$log"
        printf '%s %s\n' "$(dpkg-deb --field "$file" Package)" "$(dpkg-deb --field "$file" Version)" >>"$folder/packages"
    done
    rm -rf "$apt" "$log"
}

# fetch_source NAME FOLDER SUITE SOURCE: what the source's authors published, as an archive in
# FOLDER.
fetch_source() {
    local name=$1 folder=$2 suite=$3 source=$4 apt=$2/apt log=$2/log mirror options
    private_apt "$name" "$folder" amd64 "$suite" deb-src
    show_step "$name: fetching its source"
    (cd "$apt/packages" && apt-get "${options[@]}" -q --download-only --tar-only source "$source") >>"$log" 2>&1 ||
        fetch_failed "$name" "$mirror" "$suite" "$log"
    mv "$apt/packages/$source"_*.orig.tar.* "$folder" || fetch_failed "$name" "$mirror" "$suite" "$log"
    rm -rf "$apt" "$log"
}

fetch_failed() {
    local name=$1 mirror=$2 suite=$3 log=$4
    end_of_steps
    grep -E '^(E|W|Err|dpkg)' "$log" | sort -u | head -5 >&2 || tail -5 "$log" >&2
    fail "what $name needs could not be fetched from $mirror ($suite), or not be unpacked in ${log%/*/*}; above is what apt says." \
        "Check the network, apt's proxy settings, and the disk; or name another mirror (SALTO_DEBIAN_MIRROR=URL)."
}

# settle_root ROOT JRE: makes a root usable that packages were unpacked in, and the JRE in it. It
# leaves documents out, and does what Debian does when it installs the packages.
settle_root() {
    local root=$1 jre=$2 link target folder
    rm -rf "$root"/usr/share/{doc,man,lintian}
    for folder in lib lib64; do
        if [[ -d $root/usr/$folder && ! -e $root/$folder ]]; then
            ln -s "usr/$folder" "$root/$folder"
        fi
    done
    # Nothing changes the root folder of a program that runs from here. QEMU looks for absolute
    # paths in the root, but not for the absolute targets of links.
    while IFS= read -r -d '' link; do
        target=$(readlink "$link")
        [[ $target != /* ]] || ln -sfn "$(realpath --no-symlinks --canonicalize-missing --relative-to="$(dirname "$link")" "$root$target")" "$link"
    done < <(find "$root" -type l -print0)
    rm -f "$jre/lib/jvm.cfg"
    if [[ -d $jre/lib/server ]]; then
        echo "-server KNOWN" >"$jre/lib/jvm.cfg"
    else
        echo "-zero KNOWN" >"$jre/lib/jvm.cfg"
    fi
}

# complete_root ROOT: has in a root the folders that start_in_root needs, and those that Debian
# makes when it installs packages. It leaves documents out.
complete_root() {
    local folder
    rm -rf "$1"/usr/share/{doc,man,lintian}
    for folder in bin lib lib64 sbin; do
        [[ -e $1/$folder ]] || ln -s "usr/$folder" "$1/$folder"
    done
    mkdir -p "$1"/{proc,dev,sys,tmp,etc}
    cp /etc/passwd "$1/etc/"
}

# A command that bounds the time of what follows it; none if empty.
root_limit=()

# start_in_root ROOT FOLDER LAST PROGRAM [ARGUMENT...]: runs a program in a folder, with a root
# folder and mounts of its own. It sees this checkout, the user's home, the JDK, and the cache. Then
# LAST runs there, a program with its arguments, if that is not empty. All that was started ends.
# shellcheck disable=SC2154 # 'here' and 'jdk' are set in salto
start_in_root() {
    local root=$1 folder=$2 last=$3 namespaces=(--mount --pid --fork --kill-child)
    shift 3
    [[ $(id -u) -eq 0 ]] || namespaces+=(--user --map-root-user)
    "${root_limit[@]}" unshare "${namespaces[@]}" bash -c '
        root=$1 folder=$2 last=$3
        for path in /dev /sys "${@:4:4}"; do
            mkdir -p "$root$path"
            mount --rbind "$path" "$root$path" || exit 3
        done
        shift 7
        mount -t proc proc "$root/proc" || mount --rbind /proc "$root/proc" || exit 3
        status=0
        unshare --root "$root" --wd "$folder" "$@" || status=$?
        [[ -z $last ]] || unshare --root "$root" $last
        exit "$status"
    ' start_in_root "$root" "$folder" "$last" "$here" "$HOME" "$jdk" "${XDG_CACHE_HOME:-$HOME/.cache}/salto" "$@"
}

# new_folder PARENT: a temporary folder there, so that it can be renamed to its place when it is
# complete. It is removed at the end.
new_folder() {
    mkdir -p "$1" || fail "$1 cannot be made." "Set XDG_CACHE_HOME to a folder that can be written."
    unfinished=$(mktemp -d "$1/.new-XXXXXX")
    trap 'rm -rf "$unfinished"' EXIT
}

# publish FOLDER: renames the temporary folder; what is there already was not complete, or is as
# good, if another run was faster.
publish() {
    rm -rf "$unfinished/packages"
    rm -rf "$1"
    mv -T "$unfinished" "$1"
    trap - EXIT
}

version_of() {
    awk -v package="$1" '$1 == package { print $2 }' "$unfinished/packages"
}
