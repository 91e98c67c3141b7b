// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.HexFormat;

/**
 * SHA-256, FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2.
 *
 * <p>The JDK has it too, behind {@code java.security}, whose initialisation opens files. Where that
 * fails, without a free descriptor or in another root folder, it fails for the rest of the process,
 * while here a failure must not outlast its reason.
 */
final class Sha256 {
    private static final int BLOCK = 64;
    private static final int ROUNDS = 64;

    /**
     * The first 32 bits of the fractional parts of the cube roots of the first 64 primes (4.2.2),
     * and of the square roots of the first 8 (5.3.3).
     */
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

    /**
     * A double has 52 bits behind the point, less the few that are before it: more than the 32 that
     * are wanted.
     */
    private static int fraction(double number) {
        return (int) (long) ((number - Math.floor(number)) * 0x1p32);
    }

    /** The digest of all bytes from a buffer's position to its limit, in lower-case hexadecimal. */
    static String hex(ByteBuffer content) {
        IntBuffer message = padded(content).asIntBuffer();
        int[] hash = INITIAL.clone();
        int[] words = new int[ROUNDS];
        while (message.hasRemaining()) {
            message.get(words, 0, BLOCK / Integer.BYTES);
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

    /**
     * 6.2.2. The interpreter goes a long way here before there is compiled code, so it is spared
     * method calls (rotations are two shifts), loads of fields, and what the functions of the
     * standard can do without: {@code Ch(e, f, g)} is {@code g ^ (e & (f ^ g))}, {@code Maj(a, b,
     * c)} is {@code (a & b) | (c & (a | b))}.
     */
    private static void compress(int[] hash, int[] w) {
        int[] constants = CONSTANTS;
        for (int t = BLOCK / Integer.BYTES; t < ROUNDS; t++) {
            int x = w[t - 15];
            int y = w[t - 2];
            w[t] = ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10)) + w[t - 7]
                    + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3)) + w[t - 16];
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
            int t1 = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ (e & (f ^ g)))
                    + constants[t] + w[t];
            int t2 = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) | (c & (a | b)));
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
