package io.poolfs.core.sim.engine;

import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.StateStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Randomness;
import io.poolfs.core.time.SimScheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A simulated machine: a disk, a tmpfs, what its key-value engines hold, and the numbers of its starts and processes. */
final class Machine {
    static final Path DISK = Path.of("/disk");
    static final Path MEMORY = Path.of("/memory");
    static final long DISK_BYTES = 1L << 34;
    static final long MEMORY_BYTES = 1L << 28;

    /** What the files of the engine stand for: whoever empties the directory empties the store. */
    private static final String STORE_FILE = "data";

    private final String name;
    private final SimScheduler scheduler;
    private final SimFiles files;
    private final Map<String, StateStore.Content> stores = new HashMap<>();
    private int boots = 1;
    private int processes;

    Machine(String name, SimScheduler scheduler) {
        this.name = name;
        this.scheduler = scheduler;
        this.files = new SimFiles(scheduler);
        files.mount(DISK, DISK_BYTES, false);
        files.mount(MEMORY, MEMORY_BYTES, true);
    }

    String name() {
        return name;
    }

    SimFiles files() {
        return files;
    }

    /** A new process. */
    HostIdentity startProcess() {
        return new HostIdentity("host-" + name, name, "boot" + boots, ++processes, "pids of " + name);
    }

    /** Whether the process is not the one that runs now. */
    boolean isDead(HostIdentity process) {
        return process.machine().equals(name) && (!process.boot().equals("boot" + boots) || process.pid() != processes);
    }

    void crash() {
        files.crash();
    }

    void losePower(Randomness random) {
        files.losePower(random);
        boots++;
        // What the engine had written without syncs is anything now.
        stores.values().removeIf(store -> !store.isSynced());
    }

    /** The store whose files lie in the directory. */
    StateStore.Content store(Path directory) throws PoolException {
        Path mark = directory.resolve(STORE_FILE);
        if (!files.exists(mark)) {
            String word = Long.toHexString(scheduler.random().nextLong());
            StateStore.Content fresh = new StateStore.Content();
            try (var file = files.open(mark, LocalFiles.Mode.CREATE)) {
                file.write(0, ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII)));
                file.sync();
            }
            files.syncDirectory(directory);
            stores.put(word, fresh);
            return fresh;
        }
        String word = new String(files.readAll(mark, 100), StandardCharsets.US_ASCII);
        StateStore.Content content = stores.get(word);
        if (content == null) {
            throw new AssertionError("the store of before the power loss is trusted");
        }
        return content;
    }
}
