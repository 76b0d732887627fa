package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.model.PoolException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "cat", header = "Write files of the pool to standard output.")
final class CatCommand extends PoolCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "The files.")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        try (PoolService pool = reader()) {
            for (PoolPath path : paths) {
                new Download(pool, output(), Progress.Listener.NONE).toStream(path, System.out);
            }
            return ExitCodes.OK;
        }
    }
}
