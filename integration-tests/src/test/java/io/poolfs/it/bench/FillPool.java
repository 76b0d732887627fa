package io.poolfs.it.bench;

import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills a pool through the engine, without a mount: {@code FillPool CONFIG FOLDERS FILES_PER_FOLDER}. Folder {@code
 * dNNNN} gets files {@code file-NNNN}, each with one line that says its own path.
 */
public final class FillPool {
    private static final Caller CALLER = new Caller(0, 0);
    private static final int THREADS = 2;
    private static final Duration DRAIN = Duration.ofMinutes(20);

    private final PoolFileSystem fs;
    private final int filesPerFolder;

    private FillPool(PoolFileSystem fs, int filesPerFolder) {
        this.fs = fs;
        this.filesPerFolder = filesPerFolder;
    }

    public static void main(String[] arguments) throws Exception {
        PoolConfig config = new ConfigReader(Surroundings.ofThisProcess()).read(Path.of(arguments[0]));
        int folders = Integer.parseInt(arguments[1]);
        int filesPerFolder = Integer.parseInt(arguments[2]);
        Pool pool = Pool.open(config, OpenOrder.WRITE, null);
        try {
            new FillPool(pool.fileSystem(), filesPerFolder).fill(folders);
        } finally {
            Pool.Ended ended = pool.close(DRAIN);
            if (!ended.drained()) {
                System.err.println("not everything reached the remotes: " + ended);
                System.exit(1);
            }
        }
    }

    private void fill(int folders) throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            threads.add(new Thread(() -> {
                try {
                    for (int folder = first; folder < folders; folder += THREADS) {
                        fillFolder(String.format("d%04d", folder));
                    }
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a writer failed", failures.get(0));
        }
    }

    private void fillFolder(String folder) throws PoolException {
        Inode parent = fs.makeDirectory(null, CALLER, Inode.ROOT, name(folder), 0755);
        for (int file = 0; file < filesPerFolder; file++) {
            String name = String.format("file-%04d", file);
            PoolFileSystem.Opened opened = fs.create(null, CALLER, parent.number(), name(name), 0644, true);
            try {
                fs.write(opened.handle(), 0, ByteBuffer.wrap(bytes("/" + folder + "/" + name + "\n")));
                fs.flush(opened.handle());
            } finally {
                fs.release(opened.handle());
            }
        }
    }

    private static FileName name(String text) throws PoolException {
        return FileName.of(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
