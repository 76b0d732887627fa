package io.poolfs.core.journal;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A checkpoint as a file: one zstd frame of a header line, the metadata's lines, and a trailer line with their count and
 * the SHA-256 of everything before it. Written and read as a stream. Stateless.
 */
final class CheckpointFile {
    private static final int LEVEL = 3;

    private CheckpointFile() {}

    /** Writes and syncs the file; a half-written one is deleted. */
    static void write(LocalFiles files, Path path, CheckpointHeader header, Body body) throws PoolException {
        boolean done = false;
        try (LocalFile file = files.open(path, LocalFiles.Mode.CREATE)) {
            file.truncate(0);
            try (OutputStream packed =
                    new ZstdOutputStreamNoFinalizer(LocalStreams.output(file), LEVEL).setChecksum(true)) {
                Writer writer = new Writer(packed);
                writer.write(header.line());
                body.writeTo(writer);
                packed.write(writer.trailer());
            } catch (IOException e) {
                throw LocalStreams.unwrap(e, Reason.LOCAL_IO, "write " + path);
            }
            file.sync();
            done = true;
        } finally {
            if (!done) {
                files.delete(path);
            }
        }
    }

    /** Reads all of it and checks everything; CORRUPT with the fact that is wrong. */
    static CheckpointHeader verify(LocalFiles files, Path path, PoolId pool) throws PoolException {
        try (CheckpointReader reader = CheckpointReader.open(files, path, pool)) {
            while (reader.next() != null) {
                // Reading is checking.
            }
            return reader.header();
        }
    }

    /** Writes the metadata's lines. */
    @FunctionalInterface
    interface Body {
        void writeTo(LineTaker lines) throws PoolException;
    }

    /** Takes a line without its newline. */
    @FunctionalInterface
    interface LineTaker {
        void take(byte[] line) throws PoolException;
    }

    private static final class Writer implements LineTaker {
        private final OutputStream out;
        private final MessageDigest digest = Hashes.newSha256();
        private long lines;

        Writer(OutputStream out) {
            this.out = out;
        }

        @Override
        public void take(byte[] line) throws PoolException {
            try {
                write(line);
                out.write('\n');
                digest.update((byte) '\n');
                lines++;
            } catch (IOException e) {
                throw LocalStreams.unwrap(e, Reason.LOCAL_IO, "write checkpoint");
            }
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
            digest.update(bytes);
        }

        byte[] trailer() {
            return Fields.line(Fields.object()
                    .put("format", Layout.FORMAT)
                    .put("kind", CheckpointReader.TRAILER)
                    .put("lines", lines)
                    .put("sha256", Sha256.of(digest.digest()).hex()));
        }
    }
}
