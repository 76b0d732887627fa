package io.poolfs.cli.setup;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads the passwords in rclone's configuration file: AES-CTR under a key that is printed in rclone's source, so it
 * hides them from a glance and from nothing else. Done here because rclone's own command takes the password as an
 * argument, where every process sees it.
 */
final class Obscured {
    private static final byte[] KEY =
            HexFormat.of().parseHex("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638");
    private static final int BLOCK_BYTES = 16;

    private Obscured() {}

    /** IllegalArgumentException for what rclone did not write. */
    static String reveal(String obscured) {
        byte[] whole = Base64.getUrlDecoder().decode(obscured);
        if (whole.length < BLOCK_BYTES) {
            throw new IllegalArgumentException("not a password obscured by rclone");
        }
        byte[] nonce = Arrays.copyOf(whole, BLOCK_BYTES);
        byte[] hidden = Arrays.copyOfRange(whole, BLOCK_BYTES, whole.length);
        return new String(apply(nonce, hidden), StandardCharsets.UTF_8);
    }

    private static byte[] apply(byte[] nonce, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(nonce));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/CTR", e);
        }
    }
}
