package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "manifest",
        header = "Print where each byte of a file lies, as JSON.",
        description = {
            "",
            "The fields of rclonepool's manifests, and for each chunk its offset in the object and its SHA-256. With it "
                    + "and rclone alone the file can be put together: see docs/FORMAT.md.",
        })
final class ManifestCommand extends PoolCommand {
    @Parameters(paramLabel = "PATH", converter = Types.Path.class, description = "The file.")
    PoolPath path = PoolPath.ROOT;

    @Option(names = "--json", description = "Accepted; it is always JSON.")
    boolean json;

    @Override
    int run() throws PoolException {
        try (PoolService pool = reader()) {
            output().json(pool.manifest(path));
            return ExitCodes.OK;
        }
    }
}
