package io.poolfs.core.sim;

import io.poolfs.core.local.SimFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.SimScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A simulated world of one seed: a scheduler, a machine with a disk and a tmpfs, and buckets behind remotes. Processes
 * are runs of the scheduler; what they made in memory is theirs, files and buckets outlive them.
 */
public final class SimWorld implements AutoCloseable {
    public static final Path DISK = Path.of("/disk");
    public static final Path MEMORY = Path.of("/dev/shm");

    private static final long DISK_BYTES = 1L << 34;
    private static final long MEMORY_BYTES = 1L << 28;
    private static final Duration REMOTE_TIMEOUT = Duration.ofSeconds(30);

    private final SimScheduler scheduler;
    private final Map<String, SimBucket> buckets = new LinkedHashMap<>();
    private SimFiles files;
    private int machines;
    private int boots;

    private SimWorld(long seed) {
        this.scheduler = SimScheduler.ofSeed(seed);
        this.files = newFiles();
    }

    public static SimWorld ofSeed(long seed) {
        return new SimWorld(seed);
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    /** The files of the present machine. */
    public SimFiles files() {
        return files;
    }

    /** Names the present machine. */
    public String machine() {
        return "machine" + machines;
    }

    /** Names the present start of the machine. */
    public String boot() {
        return "boot" + boots;
    }

    /** The bucket of this name, made when it is new. */
    public SimBucket bucket(String name) {
        return buckets.computeIfAbsent(name, SimBucket::new);
    }

    /** A new connection of the present machine to the bucket of this name. */
    public SimRemote remote(String name) {
        return new SimRemote(bucket(name), files, scheduler, REMOTE_TIMEOUT);
    }

    /** Runs a part of the process; what it started goes on in the next run. */
    public SimScheduler.Outcome run(String name, Action action) throws PoolException {
        SimScheduler.Outcome outcome = scheduler.run(name, action);
        if (outcome == SimScheduler.Outcome.CRASHED) {
            files.crash();
        }
        return outcome;
    }

    /** The process dies. */
    public void crash() {
        scheduler.crash();
        files.crash();
    }

    /** The process dies, and the machine forgets what it had not synced. */
    public void losePower() {
        scheduler.crash();
        files.losePower(scheduler.random());
        boots++;
    }

    /** The process dies, and its machine is gone; the next process is on an empty one. */
    public void newMachine() {
        scheduler.crash();
        files = newFiles();
    }

    @Override
    public void close() {
        scheduler.close();
    }

    private SimFiles newFiles() {
        machines++;
        boots++;
        SimFiles made = new SimFiles(scheduler);
        made.mount(DISK, DISK_BYTES, false);
        made.mount(MEMORY, MEMORY_BYTES, true);
        return made;
    }
}
