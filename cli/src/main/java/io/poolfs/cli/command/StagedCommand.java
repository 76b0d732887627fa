package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "staged",
        header = "List files whose content is not on the remotes yet.",
        description = {
            "",
            "With --save they are copied to a local directory: after another mount took the pool over, that is how "
                    + "what was staged here is kept.",
        })
final class StagedCommand extends DataCommand {
    @Option(names = "--save", paramLabel = "DIR", description = "Copy them there, under their paths.")
    @Nullable
    Path save;

    @Override
    int run() throws PoolException {
        try (PoolService pool = reader()) {
            List<Answers.Staged> files = pool.staged();
            if (json) {
                output().json(files);
            } else {
                Table table = new Table(">size", "state", "path");
                files.forEach(file -> table.row(Quantities.readableSize(file.sizeBytes()), file.reason(), file.path()));
                output().line(table.isEmpty() ? "nothing is staged" : table.text());
            }
            Path directory = save;
            if (directory != null) {
                save(pool, files, directory);
                output().say(files.size() + " files saved to " + directory);
            }
            return ExitCodes.OK;
        }
    }

    private void save(PoolService pool, List<Answers.Staged> files, Path directory) throws PoolException {
        try (ProgressView view = output().progress()) {
            Download download = new Download(pool, output(), view);
            for (Answers.Staged file : files) {
                Path target = directory.resolve(file.path().toString().substring(1));
                download.file(file.path(), pool.stat(file.path(), false), target);
            }
        }
    }
}
