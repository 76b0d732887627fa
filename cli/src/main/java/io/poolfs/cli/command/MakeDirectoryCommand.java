package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mkdir", header = "Make directories in the pool.")
final class MakeDirectoryCommand extends PoolCommand {
    private static final int PERMISSIONS = 0755;

    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "The directories.")
    List<PoolPath> paths = List.of();

    @Option(
            names = {"-p", "--parents"},
            description = "Make what is missing above; an existing one is no error.")
    boolean parents;

    @Override
    int run() throws PoolException {
        try (PoolService pool = writer()) {
            for (PoolPath path : paths) {
                make(pool, path);
            }
            return ExitCodes.OK;
        }
    }

    private void make(PoolService pool, PoolPath path) throws PoolException {
        try {
            pool.makeDirectory(path, parents, PERMISSIONS);
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                throw new PoolException(e.reason(), e.getMessage() + "; -p makes what is missing above", e);
            }
            throw e;
        }
    }
}
