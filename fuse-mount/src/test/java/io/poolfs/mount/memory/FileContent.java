package io.poolfs.mount.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Content in an unnamed file in tmpfs, made with the first write: nothing in the way of a measurement. */
final class FileContent implements Content {
    private final Path directory;
    private volatile @Nullable FileChannel channel;

    FileContent(Path directory) {
        this.directory = directory;
    }

    @Override
    public void read(long offset, ByteBuffer dst) throws IOException {
        FileChannel open = channel;
        int count = 0;
        long at = offset;
        while (open != null && dst.hasRemaining() && (count = open.read(dst, at)) > 0) {
            at += count;
        }
        while (dst.hasRemaining()) {
            dst.put((byte) 0);
        }
    }

    @Override
    public void write(long offset, ByteBuffer src) throws IOException {
        FileChannel open = opened();
        long at = offset;
        while (src.hasRemaining()) {
            at += open.write(src, at);
        }
    }

    @Override
    public void clear(long from, long to) throws IOException {
        FileChannel open = channel;
        if (open == null || from >= open.size()) {
            return;
        }
        if (to >= open.size()) {
            open.truncate(from);
        } else {
            open.write(ByteBuffer.allocate((int) (to - from)), from);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
    }

    private synchronized FileChannel opened() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            Path path = Files.createTempFile(directory, "content", null);
            open = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.deleteIfExists(path);
            channel = open;
        }
        return open;
    }
}
