// SPDX-License-Identifier: Apache-2.0

/** Says when {@code main} begins, in milliseconds since the epoch. */
public final class Start {
    public static void main(String[] arguments) {
        System.out.println(System.currentTimeMillis());
    }
}
