package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint line by line. What it gave counts only when {@link #next} has returned null: the checksum stands at
 * the end. Used by one thread.
 */
final class CheckpointReader implements AutoCloseable {
    static final String TRAILER = "end";

    /** A chunk of 16 GiB has 128 KiB of checksums; nothing has more. */
    private static final int MAX_LINE_BYTES = 4 << 20;

    private final Path path;
    private final LocalFile file;
    private final InputStream plain;
    private final LineStream lines;
    private final MessageDigest digest = Hashes.newSha256();
    private final CheckpointHeader header;
    private byte @Nullable [] held;
    private long count;

    private CheckpointReader(Path path, LocalFile file, InputStream plain, PoolId pool)
            throws PoolException, IOException {
        this.path = path;
        this.file = file;
        this.plain = plain;
        this.lines = new LineStream(plain, MAX_LINE_BYTES);
        byte[] first = lines.next();
        if (first == null) {
            throw new PoolException(Reason.CORRUPT, path + " is empty");
        }
        this.header = CheckpointHeader.read(Fields.parse(first, path.toString()));
        if (!header.pool().equals(pool)) {
            throw new PoolException(
                    Reason.CORRUPT, path + " belongs to pool " + header.pool() + ", not to this pool " + pool);
        }
        digestLine(first);
        this.held = lines.next();
    }

    /** Opens the file and checks its header; CORRUPT, NEWER_FORMAT. */
    static CheckpointReader open(LocalFiles files, Path path, PoolId pool) throws PoolException {
        LocalFile file = files.open(path, LocalFiles.Mode.READ);
        boolean done = false;
        try {
            CheckpointReader reader = new CheckpointReader(path, file, Zstds.open(LocalStreams.input(file)), pool);
            done = true;
            return reader;
        } catch (IOException e) {
            throw LocalStreams.unwrap(e, Reason.CORRUPT, path.toString());
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    CheckpointHeader header() {
        return header;
    }

    /** The next line of the metadata, without newline; null at the end of a checkpoint that is whole. */
    byte @Nullable [] next() throws PoolException {
        try {
            byte[] line = held;
            if (line == null) {
                return null;
            }
            byte[] following = lines.next();
            held = following;
            if (following == null) {
                checkTrailer(line);
                return null;
            }
            digestLine(line);
            count++;
            return line;
        } catch (IOException e) {
            throw LocalStreams.unwrap(e, Reason.CORRUPT, path.toString());
        }
    }

    private void digestLine(byte[] line) {
        digest.update(line);
        digest.update((byte) '\n');
    }

    private void checkTrailer(byte[] line) throws PoolException {
        Fields trailer = Fields.parse(line, path + ": trailer").require(TRAILER);
        long unused = trailer.number("lines", count, count);
        Sha256 expected = Sha256.parse(trailer.text("sha256"));
        Sha256 found = Sha256.of(digest.digest());
        if (!expected.equals(found)) {
            throw new PoolException(Reason.CORRUPT, path + ": checksum is " + found + ", not " + expected);
        }
    }

    @Override
    public void close() throws PoolException {
        try {
            plain.close();
        } catch (IOException e) {
            throw LocalStreams.unwrap(e, Reason.LOCAL_IO, path.toString());
        } finally {
            file.close();
        }
    }
}
