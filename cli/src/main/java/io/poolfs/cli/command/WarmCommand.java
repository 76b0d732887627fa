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
        name = "warm",
        header = "Fetch files into the cache before they are needed.",
        description = {
            "",
            "Directories with everything in them. What is fetched can leave the cache again when room is needed; `poolfs pin` "
                    + "keeps it there.",
        })
final class WarmCommand extends DataCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "Files, directories")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        Answers.Kept kept;
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            kept = pool.warm(paths, view);
        }
        return KeptText.print(this, kept, Quantities.readableSize(kept.movedBytes()) + " fetched, the rest was there");
    }
}
