package io.poolfs.cli.command;

import io.poolfs.cli.output.Output;
import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "download",
        header = "Copy a file or directory of the pool to a local place.",
        description = {
            "",
            "Interrupted, it goes on where it stopped when called again; files of the same size and time are left out. "
                    + "LOCAL is the new name, or a directory to put it into. `-` is standard output.",
        })
final class DownloadCommand extends PoolCommand {
    @Parameters(index = "0", paramLabel = "REMOTE_PATH", converter = Types.Path.class, description = "What to copy.")
    PoolPath path = PoolPath.ROOT;

    @Parameters(index = "1", paramLabel = "LOCAL", description = "Where to, or -")
    Path local = Path.of("-");

    @Override
    int run() throws PoolException {
        try (PoolService pool = reader();
                ProgressView view = local.toString().equals("-") ? Output.quiet() : output().progress()) {
            Download download = new Download(pool, output(), view);
            if (local.toString().equals("-")) {
                download.toStream(path, System.out);
            } else {
                download.run(path, local);
            }
            return ExitCodes.OK;
        }
    }
}
