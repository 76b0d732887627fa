package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "unpin",
        header = "Let pinned files leave the cache again.",
        description = {"", "They stay in it until room is needed; `poolfs evict` takes them out at once."})
final class UnpinCommand extends DataCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", converter = Types.Path.class, description = "Files, directories")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        Answers.Kept kept;
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            kept = pool.unpin(paths, view);
        }
        return KeptText.print(this, kept, "not pinned any more");
    }
}
