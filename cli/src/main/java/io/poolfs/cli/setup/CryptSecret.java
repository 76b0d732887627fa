package io.poolfs.cli.setup;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Password and salt of the crypt remotes of a pool: one for all of them.
 *
 * @param generated made here, so it must be shown once
 */
public record CryptSecret(String password, String salt, boolean generated) {
    static final String PASSWORD_VARIABLE = "POOLFS_CRYPT_PASSWORD";
    static final String SALT_VARIABLE = "POOLFS_CRYPT_SALT";
    private static final int RANDOM_BYTES = 24;

    /** A new one, that nobody can guess. */
    public static CryptSecret generate() {
        return new CryptSecret(random(), random(), true);
    }

    /** Of the environment, or null when that has none. */
    public static @Nullable CryptSecret ofEnvironment(Map<String, String> environment) {
        String password = environment.get(PASSWORD_VARIABLE);
        return password == null || password.isEmpty()
                ? null
                : new CryptSecret(password, environment.getOrDefault(SALT_VARIABLE, ""), false);
    }

    /** Of a file: the password in the first line, the salt in the second, if there is one. */
    public static CryptSecret ofFile(Path file) throws PoolException {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || lines.get(0).isEmpty()) {
                throw new PoolException(Reason.CONFIG, file + " has no password in its first line");
            }
            return new CryptSecret(lines.get(0), lines.size() > 1 ? lines.get(1) : "", false);
        } catch (NoSuchFileException e) {
            throw new PoolException(Reason.NOT_FOUND, "--password-file " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot read the password from " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether a crypt remote with these options of rclone's configuration uses it. */
    boolean isOf(Map<String, String> section) {
        try {
            String hiddenSalt = section.getOrDefault("password2", "");
            return password.equals(Obscured.reveal(section.getOrDefault("password", "")))
                    && salt.equals(hiddenSalt.isEmpty() ? "" : Obscured.reveal(hiddenSalt));
        } catch (IllegalArgumentException e) {
            return false; // not a password that rclone hid
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "CryptSecret";
    }

    private static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
