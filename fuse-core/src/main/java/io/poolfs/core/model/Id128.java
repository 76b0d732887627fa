package io.poolfs.core.model;

import java.nio.ByteBuffer;

/** The common form of 128-bit ids: two longs, written as 32 lower-case hex digits. */
final class Id128 {
    static final int HEX_DIGITS = 32;

    private Id128() {}

    static String hex(long high, long low) {
        StringBuilder text = new StringBuilder(HEX_DIGITS);
        append(text, high);
        append(text, low);
        return text.toString();
    }

    /** True when the text is 32 lower-case hex digits. */
    static boolean isHex(String text) {
        if (text.length() != HEX_DIGITS) {
            return false;
        }
        for (int i = 0; i < HEX_DIGITS; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    static long high(String text, String what) throws PoolException {
        check(text, what);
        return Long.parseUnsignedLong(text, 0, 16, 16);
    }

    static long low(String text, String what) throws PoolException {
        check(text, what);
        return Long.parseUnsignedLong(text, 16, 32, 16);
    }

    static void put(ByteBuffer dst, long high, long low) {
        dst.putLong(high).putLong(low);
    }

    private static void check(String text, String what) throws PoolException {
        if (!isHex(text)) {
            throw new PoolException(Reason.CORRUPT, what + " is not 32 hex digits: \"" + text + "\"");
        }
    }

    private static void append(StringBuilder text, long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            text.append(Character.forDigit((int) (value >>> shift) & 0xf, 16));
        }
    }
}
