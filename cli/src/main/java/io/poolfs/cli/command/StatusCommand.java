package io.poolfs.cli.command;

import io.poolfs.cli.output.Json;
import io.poolfs.cli.output.LiveView;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        header = "Show how the pool is: mount, what waits for upload, room, remotes.",
        description = {
            "",
            "\"local only\" counts what would be lost with this machine: changed files whose content is not on "
                    + "the remotes yet, and metadata that has not been shipped. `poolfs flush` brings both to zero.",
            "",
            "With --watch: live, until Ctrl-C; with --json a line each time.",
            "",
            "With --affected: the files that have bytes on a remote, those that its loss would hurt.",
        })
final class StatusCommand extends DataCommand {
    @Option(names = "--affected", paramLabel = "REMOTE", description = "List the files that need this remote.")
    @Nullable
    String affected;

    @Option(names = "--watch", description = "Show it live.")
    boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = Types.Time.class,
            defaultValue = "1s",
            description = "How often with --watch. Default: ${DEFAULT-VALUE}")
    Duration interval = Duration.ofSeconds(1);

    @Override
    int run() throws PoolException {
        if (watch) {
            return watch();
        }
        try (PoolService pool = reader()) {
            String remote = affected;
            if (remote == null) {
                var status = pool.status();
                if (json) {
                    output().json(status);
                } else {
                    output().line(new StatusText(status).text());
                }
            } else {
                print(pool.affected(remote));
            }
            return ExitCodes.OK;
        }
    }

    private int watch() throws PoolException {
        PoolConfig config = config();
        // Not with a pool of its own: that would keep others from mounting it.
        try (PoolService daemon = Access.daemon(config)) {
            if (daemon == null) {
                throw new PoolException(
                        Reason.CLOSED, "pool " + config.name() + " is not mounted: nothing goes on there");
            }
            if (json) {
                while (!output().isBroken()) {
                    output().line(Json.line(daemon.status()));
                    pause();
                }
                return ExitCodes.OK;
            }
            try (LiveView view = output().live()) {
                while (!output().isBroken()) {
                    view.show(new StatusText(daemon.status()).text());
                    pause();
                }
            }
            return ExitCodes.OK;
        }
    }

    private void pause() throws PoolException {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.max(100, interval.toMillis()));
        } catch (InterruptedException e) {
            throw new PoolException(Reason.INTERRUPTED, "interrupted", e);
        }
    }

    private void print(Answers.Affected answer) {
        if (json) {
            output().json(answer);
            return;
        }
        answer.paths().forEach(path -> output().line(path.toString()));
        output().say(answer.files() + " files have bytes in " + answer.chunks() + " chunks on " + answer.remote()
                + (answer.incomplete() ? "; the list was cut" : ""));
    }
}
