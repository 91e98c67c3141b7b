// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * SHA-256, FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2.
 *
 * <p>The JDK has it too, behind {@code java.security}, whose initialisation opens files. Where that fails, without a free descriptor or in another root
 * folder, it fails for the rest of the process, while here a failure must not outlast its reason.
 */
final class Sha256 {
    private static final int BLOCK = 64;
    private static final int ROUNDS = 64;

    /** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (4.2.2), and of the square roots of the first 8 (5.3.3). */
    private static final int[] CONSTANTS = new int[ROUNDS];
    private static final int[] INITIAL = new int[8];

    static {
        int prime = 2;
        for (int i = 0; i < ROUNDS; prime++) {
            if (isPrime(prime)) {
                if (i < INITIAL.length) {
                    INITIAL[i] = fraction(Math.sqrt(prime));
                }
                CONSTANTS[i++] = fraction(Math.cbrt(prime));
            }
        }
    }

    private Sha256() {}

    private static boolean isPrime(int number) {
        for (int divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    /** A double has 52 bits behind the point, less the few that are before it: more than the 32 that are wanted. */
    private static int fraction(double number) {
        return (int) (long) ((number - Math.floor(number)) * 0x1p32);
    }

    /** The digest of all bytes from a buffer's position to its limit, in lower-case hexadecimal. */
    static String hex(ByteBuffer content) {
        ByteBuffer message = padded(content);
        int[] hash = INITIAL.clone();
        int[] words = new int[ROUNDS];
        while (message.hasRemaining()) {
            for (int i = 0; i < BLOCK / Integer.BYTES; i++) {
                words[i] = message.getInt();
            }
            compress(hash, words);
        }
        ByteBuffer digest = ByteBuffer.allocate(hash.length * Integer.BYTES);
        digest.asIntBuffer().put(hash);
        return HexFormat.of().formatHex(digest.array());
    }

    /** 5.1.1: a one bit, zeros, and the length in bits. */
    private static ByteBuffer padded(ByteBuffer content) {
        int length = content.remaining();
        int blocks = (length + 1 + Long.BYTES + BLOCK - 1) / BLOCK;
        ByteBuffer message = ByteBuffer.allocate(blocks * BLOCK).order(ByteOrder.BIG_ENDIAN);
        message.put(content.duplicate()).put((byte) 0x80);
        message.putLong(message.capacity() - Long.BYTES, (long) length * Byte.SIZE);
        return message.rewind();
    }

    /** 6.2.2 */
    private static void compress(int[] hash, int[] w) {
        for (int t = BLOCK / Integer.BYTES; t < ROUNDS; t++) {
            int s0 = Integer.rotateRight(w[t - 15], 7) ^ Integer.rotateRight(w[t - 15], 18) ^ (w[t - 15] >>> 3);
            int s1 = Integer.rotateRight(w[t - 2], 17) ^ Integer.rotateRight(w[t - 2], 19) ^ (w[t - 2] >>> 10);
            w[t] = s1 + w[t - 7] + s0 + w[t - 16];
        }
        int a = hash[0];
        int b = hash[1];
        int c = hash[2];
        int d = hash[3];
        int e = hash[4];
        int f = hash[5];
        int g = hash[6];
        int h = hash[7];
        for (int t = 0; t < ROUNDS; t++) {
            int sum1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
            int choice = (e & f) ^ (~e & g);
            int t1 = h + sum1 + choice + CONSTANTS[t] + w[t];
            int sum0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
            int majority = (a & b) ^ (a & c) ^ (b & c);
            int t2 = sum0 + majority;
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        hash[0] += a;
        hash[1] += b;
        hash[2] += c;
        hash[3] += d;
        hash[4] += e;
        hash[5] += f;
        hash[6] += g;
        hash[7] += h;
    }
}
