package io.poolfs.cli.command;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import picocli.CommandLine.Command;

@Command(name = "attach", header = "x")
final class AttachCommand extends PoolCommand {
    @Override
    int run() throws PoolException {
        throw new PoolException(Reason.UNSUPPORTED, "not built yet");
    }
}
