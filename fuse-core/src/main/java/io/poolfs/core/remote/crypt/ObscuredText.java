package io.poolfs.core.remote.crypt;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** rclone's form of passwords in its configuration: hidden from a glance, protected by nothing. */
public final class ObscuredText {
    /** The same in every rclone. */
    private static final byte[] KEY =
            HexFormat.of().parseHex("9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638");

    private static final int IV_BYTES = 16;

    private ObscuredText() {}

    /** What was hidden. CONFIG when it is not of this form; the message does not tell it. */
    public static String reveal(String obscured) throws PoolException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(obscured);
            if (bytes.length < IV_BYTES) {
                throw new PoolException(Reason.CONFIG, "a password in rclone's configuration is too short");
            }
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(KEY, "AES"),
                    new IvParameterSpec(Arrays.copyOf(bytes, IV_BYTES)));
            return new String(cipher.doFinal(bytes, IV_BYTES, bytes.length - IV_BYTES), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new PoolException(Reason.CONFIG, "a password in rclone's configuration is not obscured");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES/CTR", e);
        }
    }
}
