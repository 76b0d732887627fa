package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.setup.OldPool;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import-rclonepool",
        header = "Take over the files of a pool made by rclonepool, without copying a byte.",
        description = {
            "",
            "CONFIG is rclonepool's config.json. Its remotes must be remotes of this pool under the same rclone names: "
                    + "`poolfs init` with them, or `poolfs remote add`. Its files then appear under their old paths; "
                    + "their chunks stay where they are. The manifests are read and left alone.",
            "",
            "Every file is compared with its manifest and with the objects on the remotes first. What cannot be taken "
                    + "over is listed with the reason: rclonepool let two files of one name in different directories "
                    + "write over each other's chunks, and such files are never taken over.",
            "",
            "From then on the chunks belong to this pool: deleting a file here deletes them, and rclonepool should not "
                    + "write to them any more. What has been taken over is skipped when the command is given again. "
                    + "Exit status 7 when something was left out.",
        })
final class ImportCommand extends DataCommand {
    @Parameters(arity = "0..1", paramLabel = "CONFIG", description = "Default: ~/.config/rclonepool/config.json")
    @Nullable
    Path file;

    @Option(names = "--dry-run", description = "Only say what would be taken over.")
    boolean dryRun;

    @Override
    int run() throws PoolException {
        OldPool old = OldPool.read(
                file != null
                        ? file.toAbsolutePath()
                        : OldPool.usualFile(wiring().surroundings().home()));
        Answers.ImportOrder order = new Answers.ImportOrder(old.remotes(), old.manifestPrefix(), dryRun);
        Answers.Imported answer;
        try (PoolService pool = dryRun ? reader() : writer();
                ProgressView view = output().progress()) {
            answer = pool.importRclonepool(order, view);
        }
        if (json) {
            output().json(answer);
        } else {
            print(answer);
        }
        return answer.leftOut().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGED;
    }

    private void print(Answers.Imported answer) {
        answer.leftOut().forEach(left -> output().line("left out: " + left.path() + ": " + left.why()));
        output().line(answer.found() + " files found, " + answer.imported() + " ("
                + Quantities.readableSize(answer.importedBytes()) + ") "
                + (answer.dryRun() ? "would be taken over, " : "taken over, ") + answer.already()
                + " were in already, " + answer.leftOut().size() + " left out");
    }
}
