package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "evict",
        header = "Take files out of the cache; on the remotes they stay.",
        description = {
            "",
            "Directories with everything in them. What is pinned stays, and so does what is not on the remotes yet.",
        })
final class EvictCommand extends DataCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "Files, directories")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        Answers.Kept kept;
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            kept = pool.evict(paths, view);
        }
        return KeptText.print(this, kept, Quantities.readableSize(kept.movedBytes()) + " of the cache came free");
    }
}
