#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-arch --page-size: the tests in a whole emulated system, whose kernel has pages of
# another size than this host's. Part of test-arch.sh, whose functions and variables it uses. The
# system is Debian's kernel with an architecture's root, the tests and a static busybox in its
# memory; it has no disk and no network.

# shellcheck disable=SC2154 # these are set in salto and test-arch.sh

# Debian's kernels with pages that are not of 4 KiB, and the machines that QEMU makes for them.
#   Salto     pages  kernel                       QEMU     console  machine
systems=(
    "aarch64  16k    linux-image-arm64-16k        aarch64  ttyAMA0  -M virt -cpu max,pauth-impdef=on"
    "ppc64le  64k    linux-image-powerpc64le-64k  ppc64    hvc0     -M pseries,x-vof=on"
)

system_qemu_packages=(qemu-system-arm qemu-system-ppc)

# pseries wants a multiple of 256 MiB. At first both the packed and the unpacked files are in
# memory, 300 MB each.
system_memory=1280M
system_jvm_options=(-Xmx384m -XX:ErrorFile=/dev/stdout)

# An hour, after which a system that hangs is ended.
system_limit=3600

# select_system ARCH PAGES: sets kernel_package, system, console and machine.
select_system() {
    local line name pages options
    for line in "${systems[@]}"; do
        read -r name pages kernel_package system console options <<<"$line"
        if [[ "$name $pages" == "$1 $2" ]]; then
            read -r -a machine <<<"$options"
            return
        fi
    done
    return 1
}

# require_kernels ARCH...
require_kernels() {
    local name kernel_package system console machine
    for name in "$@"; do
        select_system "$name" "$page_size" ||
            wrong_command_line "there is no system for $name with pages of $page_size, only for $(known_systems)"
    done
}

known_systems() {
    local line name pages known=""
    for line in "${systems[@]}"; do
        read -r name pages _ <<<"$line"
        known+=${known:+, }"$name with $pages"
    done
    printf '%s' "$known"
}

fetch_system_qemu() {
    local wanted=("$qemu_suite" "${system_qemu_packages[@]}") folder=$arch_cache/qemu-system
    ! is_fetched "$folder" "${wanted[@]}" || return 0
    require_apt
    new_folder "$arch_cache"
    fetch --dependencies . "QEMU for systems" "$unfinished" amd64 "$qemu_suite" "${system_qemu_packages[@]}"
    rm -rf "$unfinished"/root/usr/share/{doc,info,lintian,locale,man}
    printf 'qemu=%s\npackages=%s\n' "$(version_of "${system_qemu_packages[0]}")" "${wanted[*]}" >"$unfinished/versions"
    publish "$folder"
}

# The kernel and the busybox of the selected architecture and page size.
fetch_kernel() {
    local kernel_package system console machine
    select_system "$arch" "$page_size"
    # The kernel's package is named after its version. The package without a version depends on it,
    # but also on packages that a system without a disk does not need.
    local suite=${suites%%,*}
    local wanted=("$suite" "$kernel_package" busybox-static) folder=$arch_cache/$deb-$page_size
    ! is_fetched "$folder" "${wanted[@]}" || return 0
    require_apt
    new_folder "$arch_cache"
    fetch --dependencies '^(linux-image-|busybox-static$)' "$arch, $page_size pages" "$unfinished" "$deb" "$suite" "$kernel_package" busybox-static
    mv "$unfinished"/root/boot/vmlinu* "$unfinished/kernel"
    mv "$unfinished/root/usr/bin/busybox" "$unfinished/"
    rm -rf "$unfinished/root"
    printf 'kernel=%s\nbusybox=%s\npackages=%s\n' "$(version_of "$kernel_package")" "$(version_of busybox-static)" "${wanted[*]}" \
        >"$unfinished/versions"
    publish "$folder"
}

# pack FOLDER: a folder as a part of an initial file system, on standard output.
pack() {
    (cd "$1" && find . | "$arch_cache/qemu/bin/qemu-$emulator" "$arch_cache/$deb-$page_size/busybox" cpio --quiet -o -H newc)
}

# make_init FILE [CLASS...]: the first process of the system. The library is the packed JAR, because
# pages matter to what is mapped from it.
make_init() {
    local file=$1 command
    shift
    printf -v command '%q ' "/usr/lib/jvm/java-25-openjdk-$deb/bin/java" "${emulated_jvm_options[@]}" "${system_jvm_options[@]}" \
        "${tests_options[@]}" -classpath "${patch:+/salto/patch:}/salto/test-classes:/salto/lib/*" dev.salto.elsewhere.TestsElsewhere "$@"
    cat >"$file" <<END
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /tmp/target
cd /tmp
echo "kernel=\$(uname -r)"
$command 2>&1
echo "exit-code=\$?"
poweroff -f
END
    chmod +x "$file"
}

# make_initial_files FOLDER [CLASS...]: FOLDER/initramfs, in two parts, which the kernel unpacks one
# after the other: root and tests.
make_initial_files() {
    local folder=$1 files=$1/files libraries
    shift
    IFS=: read -r -a libraries <<<"$(<"$here/salto-core/target/test-classpath")"
    mkdir -p "$files"/{bin,dev,proc,salto/lib,sys,tmp}
    cp "$arch_cache/$deb-$page_size/busybox" "$files/bin/"
    cp -r "$here/salto-core/target/test-classes" "$files/salto/"
    [[ -z $patch ]] || cp -r "$patch" "$files/salto/patch"
    cp "$here"/salto-core/target/salto-core-*.jar "${libraries[@]}" "$files/salto/lib/"
    make_init "$files/init" "$@"
    { pack "$arch_cache/$deb/root" && pack "$files"; } >"$folder/initramfs"
    rm -rf "$files"
}

# run_system FOLDER: ends when the system turns itself off.
run_system() {
    local root=$arch_cache/qemu-system/root
    # In the script's own process group, so that an interrupt reaches it.
    timeout --foreground "$system_limit" \
        "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/qemu-system-$system" \
        -L "$root/usr/share/qemu" "${machine[@]}" -m "$system_memory" -smp 1 -nodefaults -display none -serial stdio -no-reboot \
        -kernel "$arch_cache/$deb-$page_size/kernel" -initrd "$1/initramfs" -append "console=$console quiet panic=-1" </dev/null 2>&1
}

# run_tests_in_system CLASS...: runs tests in a system of the selected architecture; fails if a test
# does.
run_tests_in_system() {
    local folder log status=0 started=$SECONDS summary
    local kernel_package system console machine
    folder=$(tests_folder)
    log=$folder/tests.log
    select_system "$arch" "$page_size"
    rm -rf "$folder"
    mkdir -p "$folder"
    : >"$log"
    show_step "$arch: starting the system"
    make_initial_files "$folder" "$@"
    run_system "$folder" | sed -u 's/\r$//' | follow_tests "$log" || status=$?
    rm "$folder/initramfs"
    if [[ $status -eq 0 ]]; then
        status=$(in_log "$log" exit-code)
        # A system that has crashed has not failed by itself.
        status=${status:-1}
    fi
    summary=$(summarise "$log" "$folder" "$status" "$((SECONDS - started))" && check_system "$log") || status=1
    printf '%s\n' "$summary"
    return "$status"
}

# check_system LOG: whether it was about what was asked for.
check_system() {
    local pages source
    pages=$(in_log "$1" pagesize)
    source=$(in_log "$1" source)
    if [[ $pages -ne $((${page_size%k} * 1024)) ]]; then
        printf '             the pages have %d bytes instead of %s\n' "$pages" "$page_size"
        return 1
    fi
    if [[ $source != jar ]]; then
        printf '             the code came from the source %s instead of the JAR, in place\n' "$source"
        return 1
    fi
}
