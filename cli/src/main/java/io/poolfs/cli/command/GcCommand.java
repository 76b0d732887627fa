package io.poolfs.cli.command;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "gc",
        header = "Show what deleted files still occupy on the remotes, or free it.",
        description = {
            "",
            "It runs by itself: deleted data is kept for gc_grace and then removed. Only chunks of this pool are ever "
                    + "deleted; anything else found in its folders is listed and left alone.",
        })
final class GcCommand extends DataCommand {
    @Option(names = "--now", description = "Free what can be freed, without waiting for gc_grace.")
    boolean now;

    @Override
    int run() throws PoolException {
        Answers.Collected answer;
        try (PoolService pool = now ? writer() : reader()) {
            answer = pool.collectGarbage(now, now);
        }
        if (json) {
            output().json(answer);
            return ExitCodes.OK;
        }
        if (now) {
            output().line("freed " + Quantities.readableSize(answer.freedBytes()) + " in " + answer.freedChunks()
                    + " chunks");
        }
        output().line("waiting: " + Quantities.readableSize(answer.waitingBytes()) + " in " + answer.waitingChunks()
                + " chunks");
        answer.foreign().forEach(object -> output().line("not of this pool, left alone: " + object));
        return ExitCodes.OK;
    }
}
