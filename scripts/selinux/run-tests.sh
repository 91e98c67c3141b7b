#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs in the test's system: the tests in a domain that loses execmem after the JVM has started,
# then the controls. Last comes a closure with code from each place. Prints lines of the form
# key=value. The file "options" beside it has the arrays that the script salto chose.

source /usr/lib/salto-tests/options

classes=/usr/lib/salto-tests/test-classes
libraries=/usr/lib/salto-tests/lib
salto=/usr/lib/salto/salto-core.jar
state=/var/lib/salto-service

# confined PROGRAM [ARGUMENT...]: a JVM in the domain of the service, as a user without rights. It
# has its whole code cache from the start. Its output goes through a pipe: the domain may not use
# the terminal.
confined() {
    (
        cd "$state" || exit
        timeout 1500 setpriv --reuid=salto --regid=salto --clear-groups /usr/libexec/salto-service \
            "${selinux_jvm_options[@]}" "${tests_options[@]}" -Ddev.salto.tests.revoked="$state/revoked" \
            -classpath "$classes:$salto:$libraries/*" "$@" </dev/null 2>&1 | cat
        exit "${PIPESTATUS[0]}"
    )
}

# mark: from here, denials count.
mark() {
    echo "salto: mark" >/dev/kmsg
}

# revoke: waits until the JVM says that it has started, and takes the right from it.
revoke() {
    while [[ ! -e $state/started ]]; do sleep 0.2; done
    setsebool salto_service_execmem off
    mark
    touch "$state/revoked"
    chown salto: "$state/revoked"
}

# denials: what the kernel has logged for the domain since the mark.
denials() {
    dmesg | tac | sed '/salto: mark/q' | grep 'avc: *denied' | grep 'scontext=[^ ]*:salto_service_t'
}

# run NAME PROGRAM [ARGUMENT...]
run() {
    local name=$1
    shift
    rm -f "$state/started" "$state/revoked"
    setsebool salto_service_execmem on
    revoke &
    confined "$@"
    echo "$name-exit-code=$?"
    kill %% 2>/dev/null
    echo "$name-denials=$(denials | wc -l)"
}

# place NAME FOLDER SOURCE WANTED [BOOLEAN]: "mapped", or the permission that is denied.
place() {
    local name=$1 jar=$2/salto-core.jar source=$3 boolean=${5:-} output
    mark
    [[ -z $boolean ]] || setsebool "$boolean" on
    output=$(confined -Ddev.salto.text.sources="$source" -classpath "$classes:$jar" dev.salto.child.TryCallback)
    [[ -z $boolean ]] || setsebool "$boolean" off
    echo "place-$name-label=$(stat --format %C "$jar")"
    sed -n "s/^message=/place-$name-message=/p" <<<"$output"
    if grep -qx "source=$source" <<<"$output"; then
        echo "place-$name=mapped"
    else
        echo "place-$name=$(denials | sed -nE 's/.*denied *\{ (execute|map) \}.*/\1/p' | tail -1)"
    fi
}

echo 0 >/proc/sys/kernel/printk_ratelimit
ip link set lo up
echo "selinux=$(getenforce)"
echo "kernel=$(uname -r)"
# A JVM cannot start without execmem, even one that only interprets.
mark
setsebool salto_service_execmem off
confined -Xint -version
echo "start-exit-code=$?"
echo "start-denials=$(denials | wc -l)"
run tests dev.salto.elsewhere.TestsElsewhere "${selinux_tests[@]}"
for control in "${selinux_controls[@]}"; do
    # With a code cache that has to grow.
    run "$control" -XX:InitialCodeCacheSize=4m dev.salto.elsewhere.Controls "$control"
done
setsebool salto_service_execmem on
for each in "${selinux_places[@]}"; do
    read -r -a words <<<"$each"
    place "${words[@]}"
done
# For the reader of the log: all that was denied since the start, and how often.
dmesg | grep 'avc: *denied' | sed -E 's/^.*avc: */avc=/; s/ (pid|ino)=[0-9]+//g' | sort | uniq -c
sync
