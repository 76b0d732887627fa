package io.poolfs.cli.command;

import io.poolfs.cli.output.Output;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.FileInfo;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies local files into the pool. A file grows under a hidden name that tells which source it comes from, and takes
 * its own name when it is whole: an interrupted upload is continued, and nobody sees half a file.
 */
final class Upload {
    private static final int BLOCK_BYTES = 4 << 20;
    private static final String PART = ".poolfs-part";
    /** On a part: size and time of the local file it is made from. */
    private static final String SOURCE = "user.upload-source";

    private static final String STANDARD_INPUT = "-";

    private final PoolService pool;
    private final Output output;
    private final Progress.Listener listener;
    private final List<PoolPath> uploaded = new ArrayList<>();
    private long bytes;
    private long totalBytes = -1;

    Upload(PoolService pool, Output output, Progress.Listener listener) {
        this.pool = pool;
        this.output = output;
        this.listener = listener;
    }

    /** Returns the files that were written. */
    List<PoolPath> run(Path local, String remotePath) throws PoolException {
        PoolPath target = PoolPath.of(remotePath);
        FileInfo existing = find(target);
        boolean into = (existing != null && existing.directory()) || remotePath.endsWith("/");
        try {
            if (local.toString().equals(STANDARD_INPUT)) {
                stream(System.in, target);
                return uploaded;
            }
            totalBytes = measure(local);
            if (into) {
                pool.makeDirectory(target, true, 0755);
                target = target.child(
                        FileName.of(local.toRealPath().getFileName().toString()));
            }
            any(local, target);
            return uploaded;
        } catch (NoSuchFileException e) {
            throw new PoolException(Reason.NOT_FOUND, "there is no local file " + e.getFile(), e);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot read " + local + ": " + e.getMessage(), e);
        }
    }

    /** Of those that {@link #run} wrote. */
    long bytes() {
        return bytes;
    }

    private static long measure(Path local) throws IOException {
        long sum = 0;
        try (Stream<Path> all = Files.walk(local)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                sum += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
            }
            return sum;
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e); // told when its turn comes
        }
    }

    private void any(Path local, PoolPath target) throws IOException, PoolException {
        if (Files.isSymbolicLink(local)) {
            if (find(target) == null) {
                pool.makeSymlink(target, Files.readSymbolicLink(local).toString());
            }
        } else if (Files.isDirectory(local)) {
            directory(local, target);
        } else if (Files.isRegularFile(local)) {
            file(local, target);
        } else if (Files.exists(local, LinkOption.NOFOLLOW_LINKS)) {
            output.say("left out: " + local + " is neither a file, a directory nor a symbolic link");
        } else {
            throw new NoSuchFileException(local.toString());
        }
    }

    private void directory(Path local, PoolPath target) throws IOException, PoolException {
        pool.makeDirectory(target, true, permissions(local));
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(local)) {
            stream.forEach(entries::add);
        }
        entries.sort(null);
        for (Path entry : entries) {
            any(entry, target.child(FileName.of(entry.getFileName().toString())));
        }
        pool.setAttributes(target, null, modifyNanos(local));
    }

    private void file(Path local, PoolPath target) throws IOException, PoolException {
        long size = Files.size(local);
        long time = modifyNanos(local);
        FileInfo existing = find(target);
        if (existing != null && existing.regular() && existing.sizeBytes() == size && existing.modifyNanos() == time) {
            totalBytes -= size;
            return; // uploaded before
        }
        String source = size + " " + time;
        PoolPath part = target.parent().child(FileName.of("." + shortened(target.name()) + PART));
        long done = resumable(part, source);
        Answers.Opened opened = pool.createFile(part, 0600, done == 0);
        try (InputStream in = Files.newInputStream(local)) {
            if (done == 0) {
                pool.setAttribute(part, SOURCE, source);
            }
            in.skipNBytes(done);
            totalBytes -= done;
            copy(in, opened.handle(), done);
        } finally {
            pool.closeFile(opened.handle());
        }
        if (Files.size(local) != size || modifyNanos(local) != time) {
            throw new PoolException(Reason.BUSY, local + " was changed while it was uploaded; call again");
        }
        pool.setAttributes(part, permissions(local), time);
        pool.move(part, target, true);
        pool.setAttribute(target, SOURCE, null);
        uploaded.add(target);
    }

    private void stream(InputStream in, PoolPath target) throws IOException, PoolException {
        Answers.Opened opened = pool.createFile(target, 0644, true);
        try {
            copy(in, opened.handle(), 0);
        } finally {
            pool.closeFile(opened.handle());
        }
        uploaded.add(target);
    }

    private void copy(InputStream in, long handle, long from) throws IOException, PoolException {
        long offset = from;
        for (byte[] block = in.readNBytes(BLOCK_BYTES); block.length > 0; block = in.readNBytes(BLOCK_BYTES)) {
            pool.write(handle, offset, block);
            offset += block.length;
            bytes += block.length;
            listener.update(new Progress("copying in", bytes, totalBytes, "bytes", null));
        }
    }

    /** How much of the part comes from this source. */
    private long resumable(PoolPath part, String source) throws PoolException {
        FileInfo started = find(part);
        if (started == null || !source.equals(pool.attribute(part, SOURCE))) {
            return 0;
        }
        return started.sizeBytes();
    }

    private @Nullable FileInfo find(PoolPath path) throws PoolException {
        try {
            return pool.stat(path, false);
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Leaves room for what is put around the name. */
    private static FileName shortened(FileName name) throws PoolException {
        int most = FileName.MAX_BYTES - PART.length() - 1;
        byte[] bytes = name.bytes();
        return bytes.length <= most ? name : FileName.of(Arrays.copyOf(bytes, most));
    }

    private static int permissions(Path local) throws IOException {
        Object mode = Objects.requireNonNull(Files.getAttribute(local, "unix:mode"));
        return (Integer) mode & 07777;
    }

    private static long modifyNanos(Path local) throws IOException {
        FileTime time = Files.getLastModifiedTime(local);
        return time.to(TimeUnit.NANOSECONDS);
    }
}
