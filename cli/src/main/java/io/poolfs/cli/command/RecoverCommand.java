package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.PoolOpener;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "recover",
        header = "Rebuild the local state from the remotes alone.",
        description = {
            "",
            "A mount does this by itself when the local state is missing. What is still staged here is kept and named. "
                    + "Reports transactions and files, and by name whatever had not reached a remote.",
        })
final class RecoverCommand extends DataCommand {
    @Option(
            names = "--accept-loss",
            description = "With too few remotes to be sure of the newest state: take what there is as everything.")
    boolean acceptLoss;

    @Option(names = "--take-over", description = "Take the right to write from the mount that holds it.")
    boolean takeOver;

    @Override
    int run() throws PoolException {
        PoolConfig config = config();
        try (PoolService daemon = Access.daemon(config)) {
            if (daemon != null) {
                throw new PoolException(
                        Reason.BUSY, "the pool " + config.name() + " is in use here; `poolfs umount` it first");
            }
        }
        PoolOpener.Request request = new PoolOpener.Request(true, takeOver, acceptLoss, true);
        PoolStatus status;
        try (ProgressView view = output().progress();
                PoolService pool = new Access(wiring().opener()).open(config, request, view)) {
            status = pool.status();
        }
        int exit = status.readOnlyReason() == null ? ExitCodes.OK : ExitCodes.DAMAGED;
        if (json) {
            output().json(status);
            return exit;
        }
        output().line("recovered to transaction " + status.journal().lastTransaction() + ": "
                + status.space().inodes() + " files and directories");
        status.notes().forEach(output()::line);
        return exit;
    }
}
