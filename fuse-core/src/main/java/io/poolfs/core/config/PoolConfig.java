package io.poolfs.core.config;

import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Timetable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one pool with every default resolved for this machine. Immutable.
 *
 * @param name the pool's name: that of its file
 * @param file where it was read from
 * @param poolId null before {@code init} or {@code attach} wrote it: then the remotes decide
 * @param remotes at least one, no name twice
 * @param balanceSlackBytes unevenness between remotes that is tolerated
 * @param cacheSizeBytes the hard budget of cache and stage together
 * @param readAheadMaxBytes most bytes fetched ahead of one reader
 * @param bandwidth of all remotes together, each way
 * @param notes what a person should know about the defaults chosen here
 */
public record PoolConfig(
        String name,
        Path file,
        @Nullable PoolId poolId,
        List<RemoteConfig> remotes,
        String dataPrefix,
        String manifestPrefix,
        long chunkSizeBytes,
        Balance balance,
        long balanceSlackBytes,
        Spread spread,
        Path cacheDir,
        long cacheSizeBytes,
        Path stateDir,
        Path spillDir,
        FsyncMode fsync,
        Duration fsyncTimeout,
        Duration remoteTimeout,
        Duration stopDrainTimeout,
        Duration stageAge,
        Duration packWindow,
        Duration shipInterval,
        long readAheadMaxBytes,
        Duration gcGrace,
        Duration claimSettle,
        Timetable bandwidth,
        TransportChoice transport,
        RcloneSettings rclone,
        List<String> notes) {
    public PoolConfig {
        remotes = List.copyOf(remotes);
        notes = List.copyOf(notes);
    }

    /** The remote of that name, or null. A missing colon at the end is forgiven. */
    public @Nullable RemoteConfig remote(String remoteName) {
        for (RemoteConfig remote : remotes) {
            if (remote.name().equals(remoteName) || remote.name().equals(remoteName + ":")) {
                return remote;
            }
        }
        return null;
    }
}
