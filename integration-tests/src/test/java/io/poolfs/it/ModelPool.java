package io.poolfs.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.it.model.ModelRun;
import java.io.IOException;
import java.nio.file.Path;

/** A mounted pool with little cache, and a tmpfs that says what calls do. Needs root. */
final class ModelPool implements ModelRun.Mount, AutoCloseable {
    private static final long FILLER_BYTES = 20_000_000;

    private final String transport;
    private final Machine machine;
    private final Faults.Fault tmpfs;
    private final Path references;
    private Path directory;

    /** @param transport one of {@link Transports#OPTIONS} */
    ModelPool(Path root, String transport) throws IOException {
        this.transport = transport;
        Faults.needRoot();
        Shell.bash(root, "chmod a+x .");
        references = root.resolve("reference");
        tmpfs = Faults.tmpfs(references, "1G");
        Shell.bash(references, "mount -o remount,noatime . && chmod 755 .");
        machine = new Machine(root.resolve("machine"));
        machine.init("media", Folders.make(root, 3));
        machine.configure("media", "cache_size: 16M", "chunk_size: 1M", "fsync: local", "pack_window: 200ms");
        directory = mount();
        RandomFiles.write(directory.resolve("filler"), 1, FILLER_BYTES);
    }

    /** What once failed does not fail again. */
    void kept() throws IOException {
        assertThat(new ModelRun(this, references).kept()).isNull();
    }

    /** Runs an episode for each seed; fails with the first that fails. */
    void run(long first, int episodes, int steps) throws IOException {
        ModelRun run = new ModelRun(this, references);
        for (long seed = first; seed < first + episodes; seed++) {
            ModelRun.Report report = run.episode(seed, steps);
            if (report.failure() != null) {
                throw new AssertionError(report.failure());
            }
            assertThat(report.steps()).isEqualTo(steps);
        }
        assertThat(machine.poolfs("fsck").orFail().exit()).isZero();
    }

    private Path mount() {
        return machine.mount("mnt", "-o", "allow_other,dev,suid," + transport);
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public void remount(boolean cold) {
        machine.unmount(directory);
        if (cold) {
            machine.coldCache("media");
        }
        directory = mount();
    }

    @Override
    public void evict() throws IOException {
        Shell.bash(directory, "dd if=filler of=/dev/null bs=1M iflag=nocache status=none");
    }

    @Override
    public void close() {
        machine.close();
        tmpfs.close();
    }
}
