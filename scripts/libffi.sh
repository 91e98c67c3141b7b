#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scripts/libffi.sh FILE: builds the newest libffi, which has static trampolines, as a peer of the benchmarks, unless FILE is that library already. The libffi of
# most systems is older, or was built without them. The source is Debian's copy of what libffi's authors published; it is compiled without its configure
# script, which would have to be generated first, with what that finds out on Linux on x86-64. Nothing else may be in the file's folder, which is replaced.
# Exit codes: 0; 2 if there is no such path; 3 when something is missing on this machine, or it cannot be built.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=scripts/fail.sh
source "$scripts/fail.sh"
# shellcheck source=scripts/debian.sh
source "$scripts/debian.sh"

suite=sid

# What the configure script would define.
defines=(
    -D_GNU_SOURCE -DFFI_EXEC_STATIC_TRAMP=1 -DHAVE_ALLOCA_H=1 -DHAVE_AS_X86_64_UNWIND_SECTION_TYPE=1 -DHAVE_AS_X86_PCREL=1
    -DHAVE_HIDDEN_VISIBILITY_ATTRIBUTE=1 -DHAVE_INT128=1 -DHAVE_LONG_DOUBLE=1 -DHAVE_MEMCPY=1 -DHAVE_MEMFD_CREATE=1
    -DHAVE_RO_EH_FRAME=1 -DHAVE_SYS_MEMFD_H=1 -DSIZEOF_SIZE_T=8 -DSTDC_HEADERS=1 '-DEH_FRAME_FLAGS="a"'
)
sources=(
    prep_cif.c types.c closures.c tramp.c raw_api.c java_raw_api.c
    x86/ffi64.c x86/ffiw64.c x86/unix64.S x86/win64.S
)

# build FILE
build() {
    local folder=${1%/*} wanted=("$suite" libffi) archive version unfinished
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

if [[ $# != 1 || $1 != /*/*/* ]]; then
    echo "Usage: scripts/libffi.sh FILE, the library to build, with its whole path, in a folder of its own" >&2
    exit 2
fi
build "$1"
