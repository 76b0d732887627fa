package io.poolfs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What one writer did to its files, kept outside of the pool: which contents each name may have after the daemon was
 * killed, and after its machine was lost. One thread at a time.
 *
 * <pre>
 *   durable ── step ── step ── current        kill -9: current, or with an operation under way one of its steps
 *      └─────────── machine lost: any ─┘      (steps of a rewrite that began with a truncate are no versions)
 * </pre>
 */
final class Ledger {
    /** A content, or no file. */
    record Content(long size, long checksum) {
        static final Content ABSENT = new Content(-1, 0);

        static Content of(byte[] bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, bytes.length);
            return new Content(bytes.length, crc.getValue());
        }

        @Override
        public String toString() {
            return size < 0 ? "absent" : size + " bytes (" + Long.toHexString(checksum) + ")";
        }
    }

    private static final class Name {
        /** What may be there when the machine is lost; the first was durable, the last is the newest. */
        final List<Content> versions = new ArrayList<>(List.of(Content.ABSENT));

        /** What may be there after a kill. */
        final List<Content> now = new ArrayList<>(List.of(Content.ABSENT));

        boolean underWay;

        /** What the request under way changes, and into what. */
        byte[] before = new byte[0];

        byte[] after = new byte[0];

        /** A request that was cut off by the kill may have been carried out in part, in whole blocks. */
        boolean isPartOfLastStep(byte[] actual) {
            if (!underWay
                    || actual.length < Math.min(before.length, after.length)
                    || actual.length > Math.max(before.length, after.length)) {
                return false;
            }
            for (int at = 0; at < actual.length; at += BLOCK_BYTES) {
                int end = Math.min(at + BLOCK_BYTES, actual.length);
                if (!isSame(actual, before, at, end) && !isSame(actual, after, at, end)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isSame(byte[] actual, byte[] other, int from, int to) {
            return to <= other.length && Arrays.equals(actual, from, to, other, from, to);
        }
    }

    private static final int BLOCK_BYTES = 4096;

    private final Map<Path, Name> names = new LinkedHashMap<>();

    /** An operation on the name begins, which has these bytes now. */
    void begin(Path path, byte[] bytes) {
        Name name = name(path);
        name.underWay = true;
        name.after = bytes;
    }

    /** A request is about to give the name these bytes; {@code version}: a lost machine may leave that, too. */
    void step(Path path, byte[] bytes, boolean version) {
        Name name = name(path);
        name.before = name.after;
        name.after = bytes;
        step(path, Content.of(bytes), version);
    }

    /** As with bytes, for what cannot be carried out in part. */
    void step(Path path, Content content, boolean version) {
        Name name = name(path);
        name.now.add(content);
        if (version) {
            name.versions.add(content);
        }
    }

    /** The operation returned: the name has this content. */
    void done(Path path, Content content) {
        Name name = name(path);
        name.underWay = false;
        name.now.clear();
        name.now.add(content);
        name.versions.add(content);
    }

    /** fsync of the file returned: its content, and every name that was taken away before. */
    void durable(Path path) {
        Name synced = name(path);
        Content content = synced.now.get(synced.now.size() - 1);
        synced.versions.clear();
        synced.versions.add(content);
        for (Name name : names.values()) {
            if (!name.underWay && name.now.get(0).equals(Content.ABSENT)) {
                name.versions.clear();
                name.versions.add(Content.ABSENT);
            }
        }
    }

    /**
     * Compares with what is there, and takes that over.
     *
     * @param wrong gets a line for all that must not be
     * @return the names that had a newer content when nothing was being done to them
     */
    List<Path> check(boolean machineLost, List<String> wrong) {
        List<Path> older = new ArrayList<>();
        for (Map.Entry<Path, Name> entry : names.entrySet()) {
            Name name = entry.getValue();
            List<Content> allowed = machineLost ? name.versions : name.now;
            Content actual;
            byte[] bytes;
            try {
                bytes = Files.exists(entry.getKey()) ? Files.readAllBytes(entry.getKey()) : null;
                actual = bytes == null ? Content.ABSENT : Content.of(bytes);
            } catch (IOException e) {
                wrong.add(entry.getKey() + " cannot be read: " + e);
                continue;
            }
            boolean cutOff = !machineLost && bytes != null && name.isPartOfLastStep(bytes);
            if (!allowed.contains(actual) && !cutOff) {
                wrong.add(entry.getKey() + (name.underWay ? " (being changed)" : "") + " is " + actual
                        + ", not one of the last of " + allowed.size() + ": "
                        + allowed.subList(Math.max(0, allowed.size() - 6), allowed.size()));
            }
            if (!name.underWay && !name.now.get(0).equals(actual)) {
                older.add(entry.getKey());
            }
            name.underWay = false;
            name.now.clear();
            name.now.add(actual);
            if (machineLost) {
                name.versions.clear();
            }
            name.versions.add(actual);
        }
        return older;
    }

    private Name name(Path path) {
        return names.computeIfAbsent(path, p -> new Name());
    }
}
