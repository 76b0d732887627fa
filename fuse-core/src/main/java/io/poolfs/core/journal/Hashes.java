package io.poolfs.core.journal;

import io.poolfs.core.model.Sha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JDK has. */
final class Hashes {
    private Hashes() {}

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    static Sha256 sha256(byte[] bytes) {
        return Sha256.of(newSha256().digest(bytes));
    }

    static Sha256 sha256(byte[] bytes, int offset, int length) {
        MessageDigest digest = newSha256();
        digest.update(bytes, offset, length);
        return Sha256.of(digest.digest());
    }
}
