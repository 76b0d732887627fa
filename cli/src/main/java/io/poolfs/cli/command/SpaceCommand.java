package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;

@Command(
        name = "df",
        header = "Show the room in the pool and on each remote.",
        description = {
            "",
            "Remotes that share one disk or account count once, and what min_free keeps back is not counted. A remote "
                    + "that does not tell its room makes the sum a lower bound; `capacity:` in the configuration settles it.",
        })
final class SpaceCommand extends DataCommand {
    @Override
    int run() throws PoolException {
        PoolStatus status;
        try (PoolService pool = reader()) {
            status = pool.status();
        }
        PoolStatus.Space space = status.space();
        if (json) {
            output().json(space);
            return ExitCodes.OK;
        }
        output().line("total " + Quantities.readableSize(space.totalBytes()) + ", free "
                + Quantities.readableSize(space.freeBytes())
                + (space.known() ? "" : " or more (not every remote tells its room)"));
        output().line(StatusText.remotes(status.remotes()));
        return ExitCodes.OK;
    }
}
