package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "umount",
        aliases = "unmount",
        header = "Unmount the pool: upload what is staged, then end.",
        description = {
            "",
            "What cannot be uploaded in time (stop_drain_timeout, or --timeout) is copied to spill_dir on disk; the next "
                    + "mount goes on with it. umount(8), SIGTERM and a reboot do the same.",
        })
final class UmountCommand extends PoolCommand {
    @Parameters(arity = "0..1", paramLabel = "MOUNTPOINT", description = "Default: that of the pool.")
    @Nullable
    Path mountpoint;

    @Option(names = "--now", description = "Upload nothing more: spill and end.")
    boolean now;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Types.Time.class,
            description = "Upload for that long. Default: stop_drain_timeout of the configuration")
    @Nullable
    Duration timeout;

    @Override
    int run() throws PoolException {
        PoolConfig config = mountpoint == null
                ? config()
                : mountedAt(mountpoint.toAbsolutePath().normalize());
        Answers.Stopped left;
        try (PoolService daemon = Access.daemon(config);
                ProgressView view = output().progress()) {
            if (daemon == null) {
                throw new PoolException(Reason.NOT_FOUND, "the pool " + config.name() + " is not mounted");
            }
            Duration limit = timeout;
            left = daemon.stop(now ? 0 : limit == null ? -1 : limit.toMillis(), view);
        }
        if (left.stagedFiles() > 0) {
            output().say(left.stagedFiles() + " files (" + Quantities.readableSize(left.stagedBytes())
                    + ") are not on the remotes yet; they are kept in " + left.spilledTo()
                    + " and the next mount uploads them");
        }
        return ExitCodes.OK;
    }

    /** The pool that is mounted there. */
    private PoolConfig mountedAt(Path place) throws PoolException {
        if (globals().pool != null) {
            return config();
        }
        for (Path file : new ConfigFiles(wiring().surroundings()).all().values()) {
            PoolConfig config;
            try {
                config = new ConfigReader(wiring().surroundings()).read(file);
            } catch (PoolException e) {
                continue; // another pool's configuration is broken: not ours to judge
            }
            try (PoolService daemon = Access.daemon(config)) {
                PoolStatus status = daemon == null ? null : daemon.status();
                if (status != null && place.toString().equals(status.mountpoint())) {
                    return config;
                }
            }
        }
        throw new PoolException(Reason.NOT_FOUND, "no pool of yours is mounted at " + place);
    }
}
