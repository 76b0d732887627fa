package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "upload",
        header = "Copy a local file or directory into the pool, and wait until it is on the remotes.",
        description = {
            "",
            "Interrupted, it goes on where it stopped when called again; files of the same size and time are left out. "
                    + "REMOTE_PATH is the new name, or a directory to put it into. `-` as LOCAL is standard input.",
        })
final class UploadCommand extends PoolCommand {
    @Parameters(index = "0", paramLabel = "LOCAL", description = "A file, a directory, or -")
    Path local = Path.of("-");

    @Parameters(index = "1", paramLabel = "REMOTE_PATH", description = "Where to in the pool.")
    String remotePath = "/";

    @Option(names = "--no-wait", description = "Return when the data is staged; the running mount uploads it.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Types.Time.class,
            defaultValue = "24h",
            description = "Wait that long for the remotes. Default: ${DEFAULT-VALUE}")
    Duration timeout = Duration.ofHours(24);

    @Override
    int run() throws PoolException {
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            Upload upload = new Upload(pool, output(), view);
            List<PoolPath> uploaded = upload.run(local, remotePath);
            if (!noWait) {
                pool.flush(uploaded.size() == 1 ? uploaded : List.of(), timeout.toMillis(), view);
            }
            if (!noWait && uploaded.size() == 1) {
                pool.manifest(uploaded.get(0))
                        .chunks()
                        .forEach(part -> output().say("  " + part.size() + " bytes at " + part.offset() + " -> "
                                + (part.remote() == null ? part.remoteId() : part.remote()) + " " + part.path()));
            }
            output().say(
                            uploaded.isEmpty()
                                    ? "nothing to do: it is all there"
                                    : uploaded.size() + (uploaded.size() == 1 ? " file (" : " files (")
                                            + Quantities.readableSize(upload.bytes()) + ") "
                                            + (noWait ? "staged" : "on the remotes"));
            return ExitCodes.OK;
        }
    }
}
