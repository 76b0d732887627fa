package io.poolfs.core.fs;

import io.poolfs.core.cache.Images;
import io.poolfs.core.fetch.Fetcher;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Admission;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The parts that the file system drives; the pool wires them and closes them.
 *
 * @param writeTimeout how long a write waits for room in the budget before it is refused
 * @param remotes what is known of the remotes now
 * @param remoteName a remote's name for people
 * @param writeGate asked before each change
 */
public record Engine(
        Metadata metadata,
        Images images,
        Fetcher fetcher,
        Stager stager,
        Admission admission,
        Durability durability,
        Scheduler scheduler,
        Duration writeTimeout,
        Supplier<List<RemoteStatus>> remotes,
        Function<RemoteId, String> remoteName,
        WriteGate writeGate) {}
