package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A remote that is a folder of this machine, for tests that look at it with other programs. */
final class FolderStore implements RemoteStore {
    private final Path root;

    FolderStore(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        attempt(() -> {
            Path to = root.resolve(object);
            Files.createDirectories(to.getParent());
            return Files.copy(source, to, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        attempt(() -> {
            try (FileChannel file = FileChannel.open(root.resolve(object))) {
                while (dst.hasRemaining() && file.read(dst, offset + dst.position()) >= 0) {
                    // Until it is full or the file ends.
                }
                return dst;
            }
        });
        if (dst.hasRemaining()) {
            throw new PoolException(Reason.CORRUPT, object + " is too short");
        }
    }

    @Override
    public void delete(String object) throws PoolException {
        attempt(() -> Files.deleteIfExists(root.resolve(object)));
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        Path path = root.resolve(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        return attempt(() -> {
            try (Stream<Path> entries = Files.list(path)) {
                return entries.map(entry -> new Entry(
                                entry.getFileName().toString(),
                                Files.isDirectory(entry) ? -1 : entry.toFile().length()))
                        .toList();
            }
        });
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        Path path = root.resolve(object);
        return Files.isRegularFile(path) ? OptionalLong.of(attempt(() -> Files.size(path))) : OptionalLong.empty();
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        attempt(() -> Files.createDirectories(root.resolve(folder)));
    }

    @Override
    public Room about() {
        return Room.UNKNOWN;
    }

    @Override
    public void close() {}

    private interface Io<T> {
        T run() throws IOException;
    }

    private static <T> T attempt(Io<T> io) throws PoolException {
        try {
            return io.run();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, e.toString(), e);
        }
    }
}
