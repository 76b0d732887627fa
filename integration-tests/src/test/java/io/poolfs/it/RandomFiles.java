package io.poolfs.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files of seeded random bytes, and digests to compare trees with. */
final class RandomFiles {
    private RandomFiles() {}

    /** Writes the file and returns its SHA-256. */
    static String write(Path file, long seed, long sizeBytes) throws IOException {
        Random random = new Random(seed);
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = sizeBytes; left > 0; ) {
                int count = (int) Math.min(buffer.length, left);
                random.nextBytes(buffer);
                out.write(buffer, 0, count);
                digest.update(buffer, 0, count);
                left -= count;
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String digest(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 20];
        try (var in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Relative path → digest of every regular file below. */
    static Map<String, String> tree(Path root) throws IOException {
        TreeMap<String, String> digests = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                digests.put(root.relativize(file).toString(), digest(file));
            }
        }
        return digests;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
