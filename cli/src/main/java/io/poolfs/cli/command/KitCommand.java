package io.poolfs.cli.command;

import io.poolfs.cli.setup.Kit;
import io.poolfs.cli.setup.Rclone;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "kit",
        header = "Write what a new machine needs to attach the pool.",
        description = {
            "",
            "Pool id, remotes, folders, and the encryption password and salt in plain text: keep the file where neither"
                    + " this machine nor the data is. It is written 0600 and never over another file.",
        })
final class KitCommand extends PoolCommand {
    @Parameters(paramLabel = "FILE", description = "Where to.")
    Path file = Path.of("");

    @Override
    int run() throws PoolException {
        PoolConfig config = config();
        PoolId id = config.poolId();
        if (id == null) {
            throw new PoolException(
                    Reason.CONFIG,
                    config.file() + " has no pool_id; `poolfs attach` writes a configuration that has it");
        }
        try (Rclone rclone = Rclone.of(config)) {
            Kit.of(config, id, rclone).write(file);
        }
        output().say("the kit is in " + file.toAbsolutePath() + "; take it off this machine");
        return ExitCodes.OK;
    }
}
