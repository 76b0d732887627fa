package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "fsck",
        header = "Check the metadata, and that each chunk is where it should be.",
        description = {
            "",
            "Looks at every chunk's existence and size; with --data it reads and verifies every byte. Changes nothing "
                    + "without --repair. Exit status 7 when something is wrong.",
        })
final class FsckCommand extends DataCommand {
    @Option(names = "--data", description = "Read and verify all content.")
    boolean data;

    @Option(names = "--repair", description = "Refused: this version repairs nothing.")
    boolean repair;

    @Override
    int run() throws PoolException {
        Answers.Checked answer;
        try (PoolService pool = repair ? writer() : reader();
                ProgressView view = output().progress()) {
            answer = pool.check(new Answers.CheckOrder(data, repair), view);
        }
        if (json) {
            output().json(answer);
        } else {
            answer.repaired().forEach(line -> output().line("repaired: " + line));
            answer.problems().forEach(line -> output().line("wrong: " + line));
            output().line(answer.inodes() + " inodes, " + answer.chunks() + " chunks, "
                    + Quantities.readableSize(answer.bytesRead()) + " read: "
                    + (answer.problems().isEmpty()
                            ? "all is well"
                            : answer.problems().size() + " problems"));
        }
        return answer.problems().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGED;
    }
}
