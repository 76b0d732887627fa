package io.poolfs.cli.command;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        header = "Show how the pool is: mount, what waits for upload, room, remotes.",
        description = {
            "",
            "\"local only\" counts what would be lost with this machine: changed files whose content is not on "
                    + "the remotes yet, and metadata that has not been shipped. `poolfs flush` brings both to zero.",
            "",
            "With --affected: the files that have bytes on a remote, those that its loss would hurt.",
        })
final class StatusCommand extends DataCommand {
    @Option(names = "--affected", paramLabel = "REMOTE", description = "List the files that need this remote.")
    @Nullable
    String affected;

    @Override
    int run() throws PoolException {
        try (PoolService pool = reader()) {
            String remote = affected;
            if (remote == null) {
                var status = pool.status();
                if (json) {
                    output().json(status);
                } else {
                    output().line(new StatusText(status).text());
                }
            } else {
                print(pool.affected(remote));
            }
            return ExitCodes.OK;
        }
    }

    private void print(Answers.Affected answer) {
        if (json) {
            output().json(answer);
            return;
        }
        answer.paths().forEach(path -> output().line(path.toString()));
        output().say(answer.files() + " files have bytes in " + answer.chunks() + " chunks on " + answer.remote()
                + (answer.incomplete() ? "; the list was cut" : ""));
    }
}
