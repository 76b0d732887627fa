package io.poolfs.core.remote.crypt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.SCrypt;

/** The key of a crypt remote's content. Immutable; never shown. */
public final class CryptKey {
    static final int BYTES = 32;

    /** rclone derives keys of content and names and a tweak at once. */
    private static final int DERIVED_BYTES = 80;

    private static final int COST = 16_384;
    private static final int BLOCK_SIZE = 8;
    private static final int PARALLEL = 1;

    /** rclone's, where the user gave none. */
    private static final byte[] DEFAULT_SALT = HexFormat.of().parseHex("a80df43a8fbd0308a7cab83e581f86b1");

    private final byte[] bytes;

    private CryptKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes about 0.2 s, and 16 MiB while it runs.
     *
     * @param salt rclone's second password; empty for none
     */
    public static CryptKey derive(String password, String salt) {
        byte[] salted = salt.isEmpty() ? DEFAULT_SALT : salt.getBytes(StandardCharsets.UTF_8);
        byte[] derived = SCrypt.generate(
                password.getBytes(StandardCharsets.UTF_8), salted, COST, BLOCK_SIZE, PARALLEL, DERIVED_BYTES);
        CryptKey key = new CryptKey(Arrays.copyOf(derived, BYTES));
        Arrays.fill(derived, (byte) 0);
        return key;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return "a key";
    }
}
