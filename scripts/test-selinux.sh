#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ./salto test-selinux: tests in a Debian system that enforces SELinux's targeted policy, in an
# image of its own, under QEMU without KVM. Part of the script salto, whose functions it uses, as it
# does those of debian.sh and test-arch.sh.

# shellcheck disable=SC2154 # these are set in salto and test-arch.sh

selinux_suite=trixie
selinux_qemu_packages=(qemu-system-x86)

# A system that boots systemd with SELinux, and what builds a policy module.
selinux_packages=(
    systemd systemd-sysv kmod udev util-linux busybox-static linux-image-cloud-amd64 openjdk-25-jre-headless
    selinux-policy-default selinux-policy-dev selinux-utils policycoreutils checkpolicy semodule-utils make m4 libffi8
    iproute2 passwd
)

# Test classes that make closures in every way.
selinux_tests=(
    ClosureTest ClosingTest ClosureByAddressTest CallInterfaceTest DataDrivenTest StaticLinkerTest ReservedFunctionTest
    TrampolineTest TrampolineTableTest NativeBindingTest
)

# These must fail under the same policy: closures of libffi, and growth of the JDK's code cache. So
# must the start of a JVM without execmem, which is not in this list.
selinux_controls=(libffi code-cache)

# Where Salto's code is mapped from, as docs/lockdown.md has it. Each has a name, the folder of the
# JAR, the source, and "mapped" or the permission that is denied. A boolean of the module follows if
# it is on.
selinux_places=(
    "lib           /usr/lib/salto   jar   mapped"
    "java          /usr/share/java  jar   mapped"
    "libexec       /usr/libexec     jar   mapped"
    "share         /usr/share/salto jar   execute"
    "opt           /opt/salto       jar   execute"
    "etc           /etc/salto       jar   map"
    "memfd         /usr/lib/salto   memfd execute"
    "memfd-allowed /usr/lib/salto   memfd mapped  salto_service_exec_memfd"
    "file          /usr/lib/salto   file  execute"
    "file-allowed  /usr/lib/salto   file  mapped  salto_service_exec_tmp"
)

# The JVM has its whole code cache from the start.
selinux_jvm_options=(
    -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:-CreateCoredumpOnCrash
    -XX:ReservedCodeCacheSize=48m -XX:InitialCodeCacheSize=48m -XX:-SegmentedCodeCache
    --enable-native-access=ALL-UNNAMED -Ddev.salto.text.sources=jar -Ddev.salto.callers=/usr/lib/salto-tests/natives
)

# An hour, after which a system that hangs is ended.
selinux_limit=3600

selinux_folder=$here/salto-core/target/selinux
selinux_cache=${XDG_CACHE_HOME:-$HOME/.cache}/salto/selinux

test_selinux_usage() {
    cat <<EOF
Usage: ./salto test-selinux [--seed N]

Builds a Debian system ($selinux_suite) with SELinux's targeted policy and docs/selinux/salto.te, boots it under QEMU without KVM, and
runs ${#selinux_tests[@]} test classes in the module's domain, from which execmem is taken after the JVM has started. Then the controls run,
which must fail: start, ${selinux_controls[*]}. At last Salto's code is mapped from ${#selinux_places[@]} places, some of which the policy refuses.
It takes some 10 minutes, 3 GB of memory and 6 GB of disk. It needs root, mmdebstrap, mke2fs (e2fsprogs) and
apt. The system, about 600 MB, and QEMU are fetched once, into
$selinux_cache
It runs before a release, not in CI.

The last line is the total, "test-selinux: N run, N failed, N skipped, N denials, S s". Denials are those of the tests after revocation.

Exit codes: 0 all tests and controls are as they should be, without a denial; 1 otherwise; 2 a wrong command line; 3 something is missing.
EOF
}

require_selinux_tools() {
    local tool
    [[ $EUID -eq 0 ]] || fail "this needs root, to make a root file system with its owners and labels." "Run it as root, or in a container."
    for tool in mmdebstrap mke2fs chroot; do
        command -v "$tool" >/dev/null ||
            fail "$tool was not found." "Install it (apt-get install mmdebstrap e2fsprogs)."
    done
    require_apt
}

fetch_selinux_qemu() {
    local folder=$selinux_cache/qemu wanted=("$selinux_suite" "${selinux_qemu_packages[@]}") unfinished
    ! is_fetched "$folder" "${wanted[@]}" || return 0
    new_folder "$selinux_cache"
    fetch --dependencies . QEMU "$unfinished" amd64 "$selinux_suite" "${selinux_qemu_packages[@]}"
    rm -rf "$unfinished"/root/usr/share/{doc,info,lintian,locale,man}
    printf 'qemu=%s\npackages=%s\n' "$(version_of "${selinux_qemu_packages[0]}")" "${wanted[*]}" >"$unfinished/versions"
    publish "$folder"
}

# The system as Debian installs it; each run works on a copy.
fetch_selinux_system() {
    local folder=$selinux_cache/system wanted=("$selinux_suite" "${selinux_packages[@]}") mirror unfinished
    ! is_fetched "$folder" "${wanted[@]}" || return 0
    mirror=$(debian_mirror) || exit
    new_folder "$selinux_cache"
    show_step "SELinux: installing Debian $selinux_suite in a folder"
    # The folders of manual pages stay: the JRE's package makes links in them.
    mmdebstrap --variant=minbase --include="$(IFS=, && printf '%s' "${selinux_packages[*]}")" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Languages "none"' \
        "$selinux_suite" "$unfinished/root" "$mirror" >"$selinux_cache/log" 2>&1 ||
        fetch_failed SELinux "$mirror" "$selinux_suite" "$selinux_cache/log"
    printf 'packages=%s\n' "${wanted[*]}" >"$unfinished/versions"
    publish "$folder"
}

# in_root ROOT COMMAND...
in_root() {
    local root=$1
    shift
    env --unset=TMPDIR chroot "$root" "$@" >>"$selinux_folder/image.log" 2>&1 ||
        fail "the image could not be made: $* failed in it." "What it said is in $selinux_folder/image.log"
}

# make_selinux_image: the system with Salto, its tests and the policy module, and a small initial
# file system that mounts it.
make_selinux_image() {
    local root=$selinux_folder/root tests initial libraries folder library name place jar
    show_step "SELinux: making the image"
    cp -a "$selinux_cache/system/root" "$root"
    tests=$root/usr/lib/salto-tests
    mkdir -p "$tests/lib" "$root/var/lib/salto-service" "$root/root/policy"
    jar=$(find "$here/salto-core/target" -maxdepth 1 -name 'salto-core-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar')
    for place in "${selinux_places[@]}"; do
        read -r _ folder _ <<<"$place"
        mkdir -p "$root$folder"
        cp "$jar" "$root$folder/salto-core.jar"
    done
    cp -r "$here/salto-core/target/test-classes" "$here/scripts/selinux/run-tests.sh" "$tests/"
    # The tests' C code, which is a memory file elsewhere: the domain may not run one.
    mkdir "$tests/natives"
    for library in "$here"/salto-text/target/classes/dev/salto/text/callers/x86_64*.so; do
        name=${library##*/x86_64}
        cp "$library" "$tests/natives/libcallers$name"
    done
    IFS=: read -r -a libraries <<<"$(<"$here/salto-core/target/test-classpath")"
    for folder in "${libraries[@]}"; do
        if [[ -d $folder ]]; then
            cp -r "$folder/." "$tests/test-classes/"
        else
            cp "$folder" "$tests/lib/"
        fi
    done
    {
        declare -p selinux_jvm_options selinux_tests selinux_controls selinux_places
        printf 'tests_options=(%s)\n' "${tests_options[*]}"
    } >"$tests/options"
    printf '#!/bin/sh\nexec /usr/lib/jvm/java-25-openjdk-amd64/bin/java "$@"\n' >"$root/usr/libexec/salto-service"
    chmod 755 "$root/usr/libexec/salto-service"
    cp "$here"/scripts/selinux/salto-test.* "$root/etc/systemd/system/"
    cp "$here"/docs/selinux/salto.* "$root/root/policy/"
    echo "/dev/vda / ext4 rw 0 1" >"$root/etc/fstab"
    sed -i 's/^SELINUX=.*/SELINUX=enforcing/' "$root/etc/selinux/config"
    in_root "$root" useradd --system --no-create-home salto
    in_root "$root" chown -R salto: /var/lib/salto-service
    in_root "$root" make -C /root/policy -f /usr/share/selinux/devel/Makefile salto.pp
    in_root "$root" semodule --noreload -i /root/policy/salto.pp
    in_root "$root" setfiles -F /etc/selinux/default/contexts/files/file_contexts /
    mke2fs -q -t ext4 -O ^has_journal -d "$root" -N 100000 "$selinux_folder/disk.img" 2500M >>"$selinux_folder/image.log" 2>&1 ||
        fail "the image's file system could not be made." "What mke2fs said is in $selinux_folder/image.log"
    initial=$selinux_folder/initial
    mkdir -p "$initial"/{bin,dev,root}
    cp "$root/usr/bin/busybox" "$initial/bin/"
    install -m 755 "$here/scripts/selinux/init" "$initial/init"
    xz -dc "$root"/usr/lib/modules/*/kernel/drivers/block/virtio_blk.ko.xz >"$initial/virtio_blk.ko"
    (cd "$initial" && find . | bin/busybox cpio --quiet -o -H newc) >"$selinux_folder/initramfs"
    cp "$root"/boot/vmlinuz-* "$selinux_folder/kernel"
    rm -rf "$root" "$initial"
}

# run_selinux_system: ends when the system turns itself off. The kernel's messages are in
# console.log.
run_selinux_system() {
    local root=$selinux_cache/qemu/root
    timeout --foreground "$selinux_limit" \
        "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/qemu-system-x86_64" \
        -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" -accel tcg,tb-size=1024 -cpu max -m 3G -smp 1 -nodefaults -display none \
        -no-reboot -serial "file:$selinux_folder/console.log" -serial stdio \
        -drive "file=$selinux_folder/disk.img,format=raw,if=none,id=disk" -device virtio-blk-pci,drive=disk \
        -kernel "$selinux_folder/kernel" -initrd "$selinux_folder/initramfs" \
        -append "console=ttyS0 root=/dev/vda rw security=selinux enforcing=1 quiet systemd.unit=salto-test.target panic=-1" </dev/null 2>&1
}

# check_selinux LOG: whether the tests, the controls and the places went as they should.
check_selinux() {
    local log=$1 control name wanted place result=0
    if [[ $(in_log "$log" selinux) != Enforcing ]]; then
        echo "SELinux was not enforced; the console's messages are in $selinux_folder/console.log"
        return 1
    fi
    # The tests end with 0 only if one ran; their last lines must have come here, too.
    if [[ $(in_log "$log" tests-exit-code) != 0 || $(in_log "$log" tests-denials) != 0 || -z $(in_log "$log" skipped) ]]; then
        result=1
    fi
    for control in start "${selinux_controls[@]}"; do
        if [[ $(in_log "$log" "$control-exit-code") == 0 || $(in_log "$log" "$control-denials") == 0 ]]; then
            echo "The control $control was not refused."
            result=1
        else
            echo "The control $control was refused, as it should be."
        fi
    done
    for place in "${selinux_places[@]}"; do
        read -r name _ _ wanted _ <<<"$place"
        if [[ $(in_log "$log" "place-$name") != "$wanted" ]]; then
            printf 'The place "%s" should be "%s", and was "%s".\n' "$name" "$wanted" "$(in_log "$log" "place-$name")"
            result=1
        fi
    done
    return "$result"
}

test_selinux() {
    local seed="" full="" fail_fast="" tries=0 tests=() names=() arch=SELinux tests_options log status=0 started=$SECONDS
    while [[ $# -gt 0 ]]; do
        case $1 in
            -h | --help)
                test_selinux_usage
                return
                ;;
            --seed)
                seed=${2:-}
                [[ $seed =~ ^-?[0-9]{1,18}$ ]] || fail "--seed needs a number of at most 18 digits"
                shift
                ;;
            *)
                printf "salto: test-selinux has no option '%s'\n\n" "$1" >&2
                test_selinux_usage >&2
                exit 2
                ;;
        esac
        shift
    done
    require_selinux_tools
    fetch_selinux_qemu
    fetch_selinux_system
    build salto-core tests
    choose_seed
    choose_tests
    rm -rf "$selinux_folder"
    mkdir -p "$selinux_folder"
    make_selinux_image
    log=$selinux_folder/tests.log
    show_step "SELinux: booting"
    run_selinux_system | sed -u 's/\r$//' | follow_tests "$log" || status=$?
    check_selinux "$log" || status=1
    printf 'The seed is %s; ./salto test-selinux --seed %s repeats this run. Details: %s\n' "$seed" "$seed" "$log"
    printf 'test-selinux: %d run, %d failed, %d skipped, %s denials, %d s\n' "$(count_in_log "$log" time)" \
        "$(count_in_log "$log" failed-test)" "$(count_in_log "$log" skipped-test)" "$(in_log "$log" tests-denials)" "$((SECONDS - started))"
    return "$status"
}
