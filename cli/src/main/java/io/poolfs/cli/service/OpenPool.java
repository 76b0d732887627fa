package io.poolfs.cli.service;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.remote.RemoteActivity;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An opened pool: what the commands use of the engine. Usable from any thread. */
public interface OpenPool extends AutoCloseable {
    PoolConfig config();

    PoolId id();

    Scheduler scheduler();

    PoolFileSystem fileSystem();

    /** Gets ready in the background what makes first bytes quick: for who goes on reading. */
    default void prepareReads() {}

    Metadata metadata();

    Stager stager();

    ShippedLog shipped();

    Budget budget();

    CacheControl cache();

    Reading reading();

    /** What all remotes together may take each way now; 0: no limit. */
    default long limitBytesPerSecond() {
        return 0;
    }

    /**
     * What is read.
     *
     * @param readBytes since it was opened
     * @param fetchedBytes of these, and ahead of readers, from remotes
     * @param readers files that were read in the last seconds
     */
    record Reading(long readBytes, long fetchedBytes, int openFiles, int readers) {
        public static final Reading NONE = new Reading(0, 0, 0, 0);
    }

    List<RemoteStatus> remotes();

    /** What goes on at those that are configured. */
    default List<RemoteActivity> activities() {
        return List.of();
    }

    /** Why every change is refused; null when changes are possible, or were not asked for. */
    default @Nullable String readOnlyReason() {
        PoolException fenced = shipped().fenced();
        return fenced == null ? null : fenced.getMessage();
    }

    /** What a person should know about how it was opened; empty when all is well. */
    List<String> notes();

    /** Files whose content is not on the remotes yet. */
    List<Answers.Staged> staged() throws PoolException;

    /** Applies what of the configuration can be applied while it is open. */
    void reload(PoolConfig config) throws PoolException;

    /** Writes, reads and deletes an object on the remote. */
    RemoteStatus test(String remote) throws PoolException;

    /** Measures what remotes can do. {@code phase} may be told by any thread. */
    List<Answers.Bench> bench(Answers.BenchOrder order, Consumer<String> phase) throws PoolException;

    /** Lets a configured remote that carries the pool's marker keep the metadata too. Whether it did not yet. */
    boolean join(String remote) throws PoolException;

    /** Takes the files of a pool made by rclonepool over; they belong to {@code owner}. */
    Answers.Imported importRclonepool(
            Answers.ImportOrder order, PoolFileSystem.Caller owner, Progress.Listener listener) throws PoolException;

    /** {@code now}: without the grace; {@code delete} false: only looks. */
    Answers.Collected collectGarbage(boolean now, boolean delete) throws PoolException;

    Answers.Checked check(Answers.CheckOrder order, Progress.Listener listener) throws PoolException;

    /** Drains for that long, spills what is left, releases the claim and closes. Closing twice is harmless. */
    Answers.Stopped close(Duration drain) throws PoolException;

    /** As {@link #close(Duration)} without draining. */
    @Override
    void close() throws PoolException;
}
