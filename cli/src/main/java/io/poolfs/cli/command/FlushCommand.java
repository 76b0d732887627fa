package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "flush",
        header = "Bring what was closed onto the remotes, and wait for it.",
        description = {
            "",
            "Returns 0 when everything that was closed before (or these files) is on the remotes: each chunk "
                    + "acknowledged, and the metadata on a majority. Until then it could be lost with this machine.",
        })
final class FlushCommand extends DataCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", converter = Types.Path.class, description = "Default: everything")
    List<PoolPath> paths = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Types.Time.class,
            defaultValue = "1h",
            description = "Give up then (exit status 5); nothing is lost, it stays staged. Default: ${DEFAULT-VALUE}")
    Duration timeout = Duration.ofHours(1);

    @Override
    int run() throws PoolException {
        Answers.Flushed answer;
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            answer = pool.flush(paths, timeout.toMillis(), view);
        }
        if (json) {
            output().json(answer);
        }
        return ExitCodes.OK;
    }
}
