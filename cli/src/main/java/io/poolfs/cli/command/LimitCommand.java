package io.poolfs.cli.command;

import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.ConfigEdit;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Rates;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Timetable;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "limit",
        header = "Show or set how many bytes per second go to and from the remotes.",
        description = {
            "",
            "LIMIT is off, bytes per second such as 2M, or by the time of day:",
            "  poolfs limit 08:00,2M 23:00,off          # all remotes together",
            "  poolfs limit --remote mega1: 500K        # this one",
            "",
            "It holds for uploads and for downloads each, on average: a chunk that has begun goes as fast as it can, the "
                    + "next one waits. It is written to the configuration and takes effect at once, also in a mounted pool. "
                    + "Without LIMIT: shows the limits.",
        })
final class LimitCommand extends DataCommand {
    @Parameters(arity = "0..*", paramLabel = "LIMIT", description = "off, RATE, or TIME,RATE ...")
    List<String> words = List.of();

    @Option(names = "--remote", paramLabel = "REMOTE", description = "Of this remote; else of all together.")
    @Nullable
    String remote;

    /** One line of the answer. {@code remote} is null for all together. */
    record Limit(@Nullable String remote, String limit, long bytesPerSecondNow) {}

    @Override
    int run() throws PoolException {
        PoolConfig config = config();
        if (!words.isEmpty()) {
            config = set(config, limit(String.join(" ", words)));
            try (PoolService daemon = Access.daemon(config)) {
                if (daemon != null) {
                    daemon.reload();
                }
            }
        }
        show(config);
        return ExitCodes.OK;
    }

    private PoolConfig set(PoolConfig config, Timetable limit) throws PoolException {
        ConfigEdit edit = new ConfigEdit(wiring().surroundings());
        return remote == null
                ? edit.putBandwidth(config.file(), limit)
                : edit.putRemote(
                        config.file(), RemoteCommand.known(config, remote).withBandwidth(limit));
    }

    private void show(PoolConfig config) throws PoolException {
        List<Limit> limits = new ArrayList<>();
        if (remote == null) {
            limits.add(limit(null, config.bandwidth()));
            for (RemoteConfig each : config.remotes()) {
                limits.add(limit(each.name(), each.bandwidth()));
            }
        } else {
            limits.add(limit(remote, RemoteCommand.known(config, remote).bandwidth()));
        }
        if (json) {
            output().json(limits);
            return;
        }
        Table table = new Table("remote", "limit, each way", "now");
        for (Limit limit : limits) {
            String now = limit.bytesPerSecondNow() == 0 ? "off" : StatusText.speed(limit.bytesPerSecondNow());
            table.row(limit.remote() == null ? "all together" : limit.remote(), limit.limit(), now);
        }
        output().line(table.text());
    }

    private static Limit limit(@Nullable String remote, Timetable table) {
        return new Limit(
                remote,
                Rates.text(table),
                table.at(LocalTime.now(ZoneId.systemDefault())).bytesPerSecond());
    }

    private static Timetable limit(String text) throws PoolException {
        return Rates.parse(text)
                .orElseThrow(() ->
                        new PoolException(Reason.CONFIG, "\"" + text + "\" is not a limit; allowed: " + Rates.ALLOWED));
    }
}
