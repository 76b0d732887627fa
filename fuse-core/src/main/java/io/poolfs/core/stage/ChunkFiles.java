package io.poolfs.core.stage;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Randomness;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and deletes the chunk files in {@code cache_dir/chunks}. Usable from any thread. */
final class ChunkFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkFiles.class);

    private final LocalFiles files;
    private final Path directory;
    private final Randomness random;
    private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

    ChunkFiles(LocalFiles files, Path directory, Randomness random) {
        this.files = files;
        this.directory = directory;
        this.random = random;
    }

    /** Deletes what an earlier process left: its bytes are still dirty in their images. */
    void open() throws PoolException {
        files.createPrivateDirectory(directory);
        for (String name : files.list(directory)) {
            files.delete(directory.resolve(name));
        }
    }

    /**
     * Copies the slices into a new chunk file and tells their sources. A source that was cut off meanwhile (STALE) is
     * left out and named in {@link ChunkFile#lost}.
     *
     * @param share room for all of the slices; the file's from here on, given back here when this fails
     */
    ChunkFile write(List<Slice> slices, ChunkRoom.Share share) throws PoolException {
        Path path = directory.resolve(new ChunkId(random.nextLong(), random.nextLong()).hex());
        ByteBuffer buffer = takeBuffer();
        try {
            try (LocalFile file = files.open(path, LocalFiles.Mode.CREATE_NEW)) {
                ChunkCopier copier = new ChunkCopier(file, buffer);
                for (Slice slice : slices) {
                    copier.copy(slice);
                }
                return copier.finish(path, share);
            }
        } catch (PoolException | RuntimeException e) {
            discard(path);
            share.close();
            throw e;
        } finally {
            buffers.add(buffer);
        }
    }

    void delete(ChunkFile file) {
        discard(file.path());
        file.share().close();
    }

    private void discard(Path path) {
        try {
            files.delete(path);
        } catch (PoolException e) {
            LOG.warn("stage: cannot delete chunk file {}: {}", path, e.getMessage());
        }
    }

    private ByteBuffer takeBuffer() {
        ByteBuffer buffer = buffers.poll();
        return buffer == null ? ByteBuffer.allocateDirect(Chunk.BLOCK_BYTES) : buffer.clear();
    }
}
