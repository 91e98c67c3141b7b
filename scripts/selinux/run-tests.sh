#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs in the test's system: the tests in a domain that loses execmem after the JVM has started,
# then the controls. Prints lines of the form key=value. The file "options" beside it has the arrays
# that the script salto chose.

source /usr/lib/salto-tests/options

classes=/usr/lib/salto-tests/test-classes
libraries=/usr/lib/salto-tests/lib
salto=/usr/lib/salto/salto-core.jar
state=/var/lib/salto-service

# confined PROGRAM [ARGUMENT...]: a JVM in the domain of the service, as a user without rights. It
# has its whole code cache from the start.
confined() {
    (
        cd "$state" || exit
        exec timeout 1500 setpriv --reuid=salto --regid=salto --clear-groups /usr/libexec/salto-service \
            "${selinux_jvm_options[@]}" "${tests_options[@]}" -Ddev.salto.tests.revoked="$state/revoked" \
            -classpath "$classes:$salto:$libraries/*" "$@" </dev/null 2>&1
    )
}

# revoke: waits until the JVM says that it has started, and takes the right from it.
revoke() {
    while [[ ! -e $state/started ]]; do sleep 0.2; done
    setsebool salto_service_execmem off
    echo "salto: revoked" >/dev/kmsg
    touch "$state/revoked"
    chown salto: "$state/revoked"
}

# denials: how many lines the kernel has logged for the domain since the right was revoked.
denials() {
    dmesg | tac | sed '/salto: revoked/q' | grep 'avc: *denied' | grep -c 'scontext=[^ ]*:salto_service_t' || true
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
    echo "$name-denials=$(denials)"
}

echo 0 >/proc/sys/kernel/printk_ratelimit
ip link set lo up
echo "selinux=$(getenforce)"
echo "kernel=$(uname -r)"
run tests dev.salto.elsewhere.TestsElsewhere "${selinux_tests[@]}"
for control in "${selinux_controls[@]}"; do
    # With a code cache that has to grow.
    run "$control" -XX:InitialCodeCacheSize=4m dev.salto.elsewhere.Controls "$control"
done
sync
