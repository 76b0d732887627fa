package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        aliases = "rm",
        header = "Delete files in the pool.",
        description = {"", "The room on the remotes comes free when gc_grace is over, or with `poolfs gc --now`."})
final class DeleteCommand extends PoolCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "What to delete.")
    List<PoolPath> paths = List.of();

    @Option(
            names = {"-r", "--recursive"},
            description = "Directories with everything in them.")
    boolean recursive;

    @Option(
            names = {"-f", "--force"},
            description = "What does not exist is no error.")
    boolean force;

    @Override
    int run() throws PoolException {
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            for (PoolPath path : paths) {
                try {
                    pool.delete(path, recursive, view);
                } catch (PoolException e) {
                    if (e.reason() == Reason.NOT_EMPTY) {
                        throw new PoolException(
                                e.reason(), path + " is not empty; with -r everything in it is deleted too", e);
                    }
                    if (!force || e.reason() != Reason.NOT_FOUND) {
                        throw e;
                    }
                }
            }
            return ExitCodes.OK;
        }
    }
}
