package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "mv",
        header = "Rename or move within the pool.",
        description = {"", "No byte is transferred, whatever the size."})
final class MoveCommand extends PoolCommand {
    @Parameters(index = "0", paramLabel = "FROM", converter = Types.Path.class, description = "What to move.")
    PoolPath from = PoolPath.ROOT;

    @Parameters(index = "1", paramLabel = "TO", converter = Types.Path.class, description = "New path, or a directory.")
    PoolPath to = PoolPath.ROOT;

    @Option(
            names = {"-n", "--no-clobber"},
            description = "Fail where TO exists, in place of replacing it.")
    boolean keep;

    @Override
    int run() throws PoolException {
        try (PoolService pool = writer()) {
            pool.move(from, to, !keep);
            return ExitCodes.OK;
        }
    }
}
