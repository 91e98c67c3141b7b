// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

/** Where values travel on LoongArch. */
final class LoongArch64Test extends Lp64dRules {
    LoongArch64Test() {
        super(new LoongArch64());
    }
}
