package io.poolfs.core.sim.engine;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Local files that pass everything on; what is to be different is overridden. */
class PassingFiles implements LocalFiles {
    private final LocalFiles files;

    PassingFiles(LocalFiles files) {
        this.files = files;
    }

    /** An open file as it should be. */
    LocalFile opened(LocalFile file) {
        return file;
    }

    @Override
    public LocalFile open(Path path, Mode mode) throws PoolException {
        return opened(files.open(path, mode));
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
        files.makeDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws PoolException {
        files.rename(from, to);
    }

    @Override
    public void delete(Path path) throws PoolException {
        files.delete(path);
    }

    @Override
    public void deleteTree(Path directory) throws PoolException {
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

    /** An open file that passes everything on. */
    static class PassingFile implements LocalFile {
        private final LocalFile file;

        PassingFile(LocalFile file) {
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

        @Override
        public void write(long offset, ByteBuffer src) throws PoolException {
            file.write(offset, src);
        }

        @Override
        public long sizeBytes() throws PoolException {
            return file.sizeBytes();
        }

        @Override
        public void truncate(long sizeBytes) throws PoolException {
            file.truncate(sizeBytes);
        }

        @Override
        public void punch(long offset, long lengthBytes) throws PoolException {
            file.punch(offset, lengthBytes);
        }

        @Override
        public void sync() throws PoolException {
            file.sync();
        }

        @Override
        public long nextData(long offset) throws PoolException {
            return file.nextData(offset);
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
