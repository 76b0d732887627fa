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
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Copies files of the pool to local places. A file grows under a hidden name that tells which version it comes from, so
 * that an interrupted download is continued with the same bytes.
 */
final class Download {
    private static final int BLOCK_BYTES = 4 << 20;

    private final PoolService pool;
    private final Output output;
    private final Progress.Listener listener;
    private long bytes;
    private long totalBytes = -1;

    Download(PoolService pool, Output output, Progress.Listener listener) {
        this.pool = pool;
        this.output = output;
        this.listener = listener;
    }

    void run(PoolPath path, Path local) throws PoolException {
        FileInfo file = pool.stat(path, true);
        Path target = Files.isDirectory(local) && !path.isRoot()
                ? local.resolve(path.name().toString())
                : local;
        totalBytes = pool.usage(path).sizeBytes();
        any(path, file, target);
    }

    void toStream(PoolPath path, OutputStream out) throws PoolException {
        Answers.Opened opened = pool.openFile(path);
        try {
            copy(opened, 0, out);
            out.flush();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot write " + path + ": " + e.getMessage(), e);
        } finally {
            pool.closeFile(opened.handle());
        }
    }

    /** One regular file. */
    void file(PoolPath path, FileInfo file, Path target) throws PoolException {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(target) == file.sizeBytes()
                    && Files.getLastModifiedTime(target).to(TimeUnit.NANOSECONDS) == file.modifyNanos()) {
                totalBytes -= file.sizeBytes();
                return; // downloaded before
            }
            String version = file.inode() + "-" + file.version() + "-" + file.modifyNanos();
            Path part = target.resolveSibling("." + target.getFileName() + "." + version + ".poolfs-part");
            Answers.Opened opened = pool.openFile(path);
            try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                long done = Files.size(part);
                totalBytes -= done;
                copy(opened, done, out);
            } finally {
                pool.closeFile(opened.handle());
            }
            Files.setAttribute(part, "unix:mode", file.permissions());
            Files.setLastModifiedTime(part, FileTime.from(file.modifyNanos(), TimeUnit.NANOSECONDS));
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private void any(PoolPath path, FileInfo file, Path target) throws PoolException {
        if (file.directory()) {
            directory(path, file, target);
        } else if (file.regular()) {
            file(path, file, target);
        } else if (file.symlink()) {
            symlink(file, target);
        } else {
            output.say("left out: " + path + " is a " + file.type());
        }
    }

    private void directory(PoolPath path, FileInfo directory, Path target) throws PoolException {
        try {
            Files.createDirectories(target);
            long from = 0;
            do {
                Answers.Page page = pool.list(path, from);
                for (FileInfo entry : page.entries()) {
                    FileName name = entry.fileName();
                    any(path.child(name), entry, target.resolve(name.toString()));
                }
                from = page.next();
            } while (from != 0);
            Files.setAttribute(target, "unix:mode", directory.permissions());
            Files.setLastModifiedTime(target, FileTime.from(directory.modifyNanos(), TimeUnit.NANOSECONDS));
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private void symlink(FileInfo file, Path target) throws PoolException {
        try {
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(target, Path.of(String.valueOf(file.target())));
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot make the link " + target + ": " + e.getMessage(), e);
        }
    }

    private void copy(Answers.Opened opened, long from, OutputStream out) throws IOException, PoolException {
        long offset = from;
        for (byte[] block = pool.read(opened.handle(), offset, BLOCK_BYTES);
                block.length > 0;
                block = pool.read(opened.handle(), offset, BLOCK_BYTES)) {
            out.write(block);
            offset += block.length;
            bytes += block.length;
            listener.update(new Progress("copying out", bytes, totalBytes, "bytes", null));
        }
    }
}
