package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "pin",
        header = "Keep files in the cache, readable without any remote.",
        description = {
            "",
            "Fetches them (directories: the files that are in them now), and keeps them until `poolfs unpin`, over restarts "
                    + "too: what a restart took from the cache is fetched again. Pins take at most half of cache_size; what "
                    + "does not fit is refused as a whole.",
            "",
            "Without PATH: lists what is pinned.",
        })
final class PinCommand extends DataCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", converter = Types.Path.class, description = "Files, directories")
    List<PoolPath> paths = List.of();

    @Override
    int run() throws PoolException {
        if (paths.isEmpty()) {
            return list();
        }
        Answers.Kept kept;
        try (PoolService pool = writer();
                ProgressView view = output().progress()) {
            kept = pool.pin(paths, view);
        }
        return KeptText.print(this, kept, "pinned; " + Quantities.readableSize(kept.movedBytes()) + " fetched");
    }

    private int list() throws PoolException {
        Answers.Pins pins;
        try (PoolService pool = reader()) {
            pins = pool.pins();
        }
        if (json) {
            output().json(pins);
            return ExitCodes.OK;
        }
        if (!pins.files().isEmpty()) {
            Table table = new Table(">size", ">in the cache", "path");
            for (Answers.PinnedFile file : pins.files()) {
                long present = Math.min(file.presentBytes(), file.bytes());
                table.row(Quantities.readableSize(file.bytes()), Quantities.readableSize(present), file.path());
            }
            output().line(table.text());
        }
        output().say("pinned: " + Quantities.readableSize(pins.bytes()) + " of at most "
                + Quantities.readableSize(pins.limitBytes()));
        return ExitCodes.OK;
    }
}
