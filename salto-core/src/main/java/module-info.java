// SPDX-License-Identifier: Apache-2.0

/**
 * Native function pointers for Java objects through static trampolines: code that was assembled
 * ahead of time and is never written. Needs {@code --enable-native-access=dev.salto}.
 */
module dev.salto {
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.salto;
}
