package io.poolfs.core.stage;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Copies slices one behind the other into a chunk file; hashes each piece, and checksums each block of the chunk. The
 * buffer is exactly one such block: pieces are read straight into it. One thread.
 */
final class ChunkCopier {
    private final LocalFile file;
    private final ByteBuffer block;
    private final MessageDigest sha256;
    private final CRC32C crc32c = new CRC32C();
    private final List<CutPiece> pieces = new ArrayList<>();
    private final List<Slice> buffered = new ArrayList<>();
    private final Set<PieceSource> lost = new HashSet<>();
    private int[] checksums = new int[8];
    private int checksumCount;
    private long written;

    ChunkCopier(LocalFile file, ByteBuffer block) {
        this.file = file;
        this.block = block;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void copy(Slice slice) throws PoolException {
        if (lost.contains(slice.source())) {
            return;
        }
        long start = written + block.position();
        long at = slice.fileRange().offset();
        long end = slice.fileRange().end();
        while (at < end) {
            int length = (int) Math.min(block.remaining(), end - at);
            int from = block.position();
            ByteBuffer part = block.slice(from, length);
            try {
                slice.source().read(at, part);
            } catch (PoolException e) {
                if (e.reason() != Reason.STALE) {
                    throw e;
                }
                // What was copied of it stays as filler: nothing points to it.
                sha256.reset();
                lost.add(slice.source());
                return;
            }
            sha256.update(block.slice(from, length));
            block.position(from + length);
            buffered.add(new Slice(slice.source(), new ByteRange(at, length)));
            at += length;
            if (!block.hasRemaining()) {
                flush();
            }
        }
        pieces.add(new CutPiece(
                slice.source(),
                slice.fileRange().offset(),
                start,
                slice.fileRange().lengthBytes(),
                Sha256.of(sha256.digest())));
    }

    ChunkFile finish(Path path, ChunkRoom.Share share) throws PoolException {
        if (block.position() > 0) {
            flush();
        }
        List<CutPiece> whole =
                pieces.stream().filter(p -> !lost.contains(p.source())).toList();
        return new ChunkFile(path, written, Arrays.copyOf(checksums, checksumCount), whole, lost, share);
    }

    private void flush() throws PoolException {
        block.flip();
        crc32c.reset();
        crc32c.update(block.duplicate());
        if (checksumCount == checksums.length) {
            checksums = Arrays.copyOf(checksums, 2 * checksumCount);
        }
        checksums[checksumCount++] = (int) crc32c.getValue();
        int length = block.remaining();
        file.write(written, block);
        written += length;
        block.clear();
        buffered.forEach(slice -> slice.source().copied(slice.fileRange()));
        buffered.clear();
    }
}
