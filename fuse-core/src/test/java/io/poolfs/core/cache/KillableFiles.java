package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files of a process that is killed: after so many changes nothing happens any more. */
final class KillableFiles implements LocalFiles {
    /** The process is gone. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final LocalFiles files;
    private int left;

    KillableFiles(LocalFiles files, int changes) {
        this.files = files;
        this.left = changes;
    }

    private void change() {
        if (left <= 0) {
            throw new Killed();
        }
        left--;
    }

    @Override
    public LocalFile open(Path path, Mode mode) throws PoolException {
        if (mode == Mode.CREATE || mode == Mode.CREATE_NEW) {
            change();
        }
        return new KillableFile(files.open(path, mode));
    }

    @Override
    public void createPrivateDirectory(Path directory) throws PoolException {
        files.createPrivateDirectory(directory);
    }

    @Override
    public byte[] readAll(Path path, int maxBytes) throws PoolException {
        return files.readAll(path, maxBytes);
    }

    @Override
    public void writeAtomically(Path path, byte[] content) throws PoolException {
        change();
        files.writeAtomically(path, content);
    }

    @Override
    public boolean exists(Path path) throws PoolException {
        return files.exists(path);
    }

    @Override
    public long sizeBytes(Path path) throws PoolException {
        return files.sizeBytes(path);
    }

    @Override
    public @Nullable Stat stat(Path path) throws PoolException {
        return files.stat(path);
    }

    @Override
    public void makeDirectory(Path directory) throws PoolException {
        change();
        files.makeDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws PoolException {
        change();
        files.rename(from, to);
    }

    @Override
    public void delete(Path path) throws PoolException {
        change();
        files.delete(path);
    }

    @Override
    public void deleteTree(Path directory) throws PoolException {
        change();
        files.deleteTree(directory);
    }

    @Override
    public List<String> list(Path directory) throws PoolException {
        return files.list(directory);
    }

    @Override
    public void syncDirectory(Path directory) throws PoolException {
        files.syncDirectory(directory);
    }

    @Override
    public Space space(Path path) throws PoolException {
        return files.space(path);
    }

    private final class KillableFile implements LocalFile {
        private final LocalFile file;

        KillableFile(LocalFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public int read(long offset, ByteBuffer dst) throws PoolException {
            return file.read(offset, dst);
        }

        /** A write of several pages can end between two of them. */
        @Override
        public void write(long offset, ByteBuffer src) throws PoolException {
            int pages = (src.remaining() + Image.BLOCK_BYTES - 1) / Image.BLOCK_BYTES;
            if (left == 0 && pages > 1) {
                left = -1;
                int part = pages / 2 * Image.BLOCK_BYTES - (int) (offset % Image.BLOCK_BYTES);
                file.write(offset, src.duplicate().limit(src.position() + part));
            }
            change();
            file.write(offset, src);
        }

        @Override
        public long sizeBytes() throws PoolException {
            return file.sizeBytes();
        }

        @Override
        public void truncate(long sizeBytes) throws PoolException {
            change();
            file.truncate(sizeBytes);
        }

        @Override
        public void punch(long offset, long lengthBytes) throws PoolException {
            change();
            file.punch(offset, lengthBytes);
        }

        @Override
        public void sync() throws PoolException {
            file.sync();
        }

        @Override
        public long allocatedBytes() throws PoolException {
            return file.allocatedBytes();
        }

        @Override
        public void close() throws PoolException {
            file.close();
        }
    }
}
