package io.poolfs.cli.command;

import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "du",
        header = "Sum up what directories hold.",
        description = {
            "",
            "\"size\" is what programs see, \"stored\" what of it lies on the remotes (holes take nothing).",
        })
final class UsageCommand extends DataCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", converter = Types.Path.class, description = "Default: /")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        List<Answers.TreeUsage> answers = new ArrayList<>();
        try (PoolService pool = reader()) {
            for (PoolPath path : paths.isEmpty() ? List.of(PoolPath.ROOT) : paths) {
                answers.add(pool.usage(path));
            }
        }
        if (json) {
            output().json(answers);
            return ExitCodes.OK;
        }
        Table table = new Table(">size", ">stored", ">files", ">directories", "path");
        for (Answers.TreeUsage usage : answers) {
            table.row(
                    Quantities.readableSize(usage.sizeBytes()),
                    Quantities.readableSize(usage.storedBytes()),
                    usage.files(),
                    usage.directories(),
                    usage.path());
        }
        output().line(table.text());
        return ExitCodes.OK;
    }
}
