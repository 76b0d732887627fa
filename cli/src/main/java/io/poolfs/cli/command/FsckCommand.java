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
            "Looks at every chunk's existence and size; with --data it reads and verifies every byte. A file that has "
                    + "lost something is named with how many bytes at which offset. Changes nothing without --repair. "
                    + "Exit status 7 when something is wrong, and was not repaired.",
            "",
            "--repair stores again what is lost on a remote while its bytes are still in the cache, or in a copy of the "
                    + "object on another remote; counts links, uses and sizes of the metadata again where they "
                    + "disagree; and deletes chunks that nothing knows, as late as gc would. It never deletes, "
                    + "shortens or empties a file: what cannot be found stays listed, and reading it gives an error.",
        })
final class FsckCommand extends DataCommand {
    @Option(names = "--data", description = "Read and verify all content.")
    boolean data;

    @Option(names = "--repair", description = "Repair what can be repaired without losing anything.")
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
            answer.notes().forEach(line -> output().line("note: " + line));
            output().line(answer.inodes() + " inodes, " + answer.chunks() + " chunks, "
                    + Quantities.readableSize(answer.bytesRead()) + " read: "
                    + (answer.problems().isEmpty()
                            ? "all is well"
                            : answer.problems().size() + " problems"));
        }
        return answer.problems().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGED;
    }
}
