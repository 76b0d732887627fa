package io.poolfs.cli.command;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import picocli.CommandLine.Command;

@Command(name = "import-rclonepool", header = "x")
final class ImportCommand extends PoolCommand {
    @Override
    int run() throws PoolException {
        throw new PoolException(Reason.UNSUPPORTED, "not built yet");
    }
}
