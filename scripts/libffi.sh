#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scripts/libffi.sh KIND FILE: builds a libffi as a peer of the benchmarks, unless FILE is that
# library already. KIND is one of
#   writable  libffi 3.4.4, whose closures are code in writable and executable memory
#   static    the newest libffi, with static trampolines
# Systems have either kind, of any version, so the script takes neither from the system. The source
# is Debian's copy of the one that libffi's authors published. It is compiled without its configure
# script; this script has the definitions for Linux on x86-64.
#
# The script replaces the file's folder, so nothing else may be in it.
# Exit codes: 0; 2 if the arguments are wrong; 3 when something is missing on this machine, or
# libffi cannot be built.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=scripts/fail.sh
source "$scripts/fail.sh"
# shellcheck source=scripts/debian.sh
source "$scripts/debian.sh"

# The definitions of the configure script.
defines=(
    -D_GNU_SOURCE -DHAVE_ALLOCA_H=1 -DHAVE_AS_X86_64_UNWIND_SECTION_TYPE=1 -DHAVE_AS_X86_PCREL=1
    -DHAVE_HIDDEN_VISIBILITY_ATTRIBUTE=1 -DHAVE_INT128=1 -DHAVE_LONG_DOUBLE=1 -DHAVE_MEMCPY=1 -DHAVE_MEMFD_CREATE=1
    -DHAVE_RO_EH_FRAME=1 -DHAVE_SYS_MEMFD_H=1 -DSIZEOF_SIZE_T=8 -DSTDC_HEADERS=1 '-DEH_FRAME_FLAGS="a"'
)
sources=(
    prep_cif.c types.c closures.c tramp.c raw_api.c java_raw_api.c
    x86/ffi64.c x86/ffiw64.c x86/unix64.S x86/win64.S
)

# choose KIND: sets what depends on it.
choose() {
    case $1 in
        writable)
            # As with --disable-exec-static-tramp, which is how Debian builds it: ffi_closure_alloc
            # takes memory from mappings that are writable and executable at once.
            suite=bookworm
            checksum=d66c56ad259a82cf2a9dfc408b32bf5da52371500b84745f7fb8b645712df676
            ;;
        static)
            suite=sid
            checksum=""
            defines+=(-DFFI_EXEC_STATIC_TRAMP=1)
            ;;
        *) usage ;;
    esac
}

# build FILE
build() {
    local folder=${1%/*} wanted=("$suite" libffi ${checksum:+"$checksum"}) archive version unfinished
    if [[ -e $1 ]] && is_fetched "$folder" "${wanted[@]}"; then
        return
    fi
    require_apt
    command -v cc >/dev/null || fail "there is no C compiler (cc) on this system." "Install one (apt-get install gcc libc6-dev)."
    new_folder "${folder%/*}"
    fetch_source libffi "$unfinished" "$suite" libffi
    archive=$(echo "$unfinished"/libffi_*.orig.tar.*)
    version=${archive##*/libffi_}
    version=${version%.orig.*}
    if [[ -n $checksum ]] && ! sha256sum --check --status <<<"$checksum  $archive"; then
        end_of_steps
        fail "Debian's source of libffi in $suite, version $version, is not the one that this script knows." \
            "Name another mirror (SALTO_DEBIAN_MIRROR=URL)."
    fi
    show_step "libffi $version: compiling"
    mkdir "$unfinished/source"
    if ! { tar -x -f "$archive" -C "$unfinished/source" --strip-components=1 && compile "$unfinished" "$version" "${1##*/}"; } \
        >"$unfinished/log" 2>&1; then
        end_of_steps
        tail -5 "$unfinished/log" >&2
        fail "libffi $version could not be compiled; above is the end of what the compiler says."
    fi
    end_of_steps
    rm -rf "$unfinished/source" "$archive" "$unfinished/log"
    printf 'libffi=%s\npackages=%s\n' "$version" "${wanted[*]}" >"$unfinished/versions"
    publish "$folder"
}

# compile FOLDER VERSION NAME
compile() (
    cd "$1/source" || exit
    # Instead of the one that the configure script writes.
    cat >src/fficonfig.h <<EOF
#ifdef LIBFFI_ASM
#define FFI_HIDDEN(name) .hidden name
#else
#define FFI_HIDDEN __attribute__((visibility("hidden")))
#endif
EOF
    sed -e "s/@VERSION@/$2/; s/@FFI_VERSION_STRING@/$2/; s/@FFI_VERSION_NUMBER@/0/" \
        -e 's/@TARGET@/X86_64/; s/@HAVE_LONG_DOUBLE@/1/; s/@FFI_EXEC_TRAMPOLINE_TABLE@/0/' include/ffi.h.in >src/ffi.h
    cd src || exit
    cc -O2 -fPIC -shared -Wl,-soname,libffi.so.8 -I. -I../include -Ix86 "${defines[@]}" "${sources[@]}" -o "$1/$3"
)

usage() {
    echo "Usage: scripts/libffi.sh KIND FILE: writable or static, and the library to build, with its whole path," \
        "in a folder of its own" >&2
    exit 2
}

[[ $# == 2 && $2 == /*/*/* ]] || usage
choose "$1"
build "$2"
