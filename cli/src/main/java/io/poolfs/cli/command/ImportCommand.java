package io.poolfs.cli.command;

import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "import-rclonepool",
        header = "Check the configuration of a pool made by rclonepool (its files cannot be taken over yet).",
        description = {
            "",
            "This version reads rclonepool's config.json and names the remotes it means. The files themselves come over"
                    + " by copying: serve the old pool with rclonepool, and `poolfs upload` from there.",
        })
final class ImportCommand extends PoolCommand {
    @Parameters(arity = "0..1", paramLabel = "CONFIG", description = "Default: config.json")
    Path file = Path.of("config.json");

    @Override
    int run() throws PoolException {
        PoolConfig old = new ConfigReader(wiring().surroundings()).read("rclonepool", file.toAbsolutePath());
        output().say("remotes "
                + String.join(
                        ", ", old.remotes().stream().map(RemoteConfig::name).toList()) + "; chunks in "
                + old.dataPrefix() + ", manifests in " + old.manifestPrefix());
        throw new PoolException(
                Reason.UNSUPPORTED, "this version cannot take over rclonepool's chunks in place; nothing was changed");
    }
}
