package io.poolfs.cli.command;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.FileInfo;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ls",
        header = "List files in the pool.",
        description = {"", "Works without a mount and without remotes."})
final class ListCommand extends DataCommand {
    @Parameters(arity = "0..*", paramLabel = "PATH", converter = Types.Path.class, description = "Default: /")
    List<PoolPath> paths = List.of();

    @Option(names = "-l", description = "Mode, owner, size and time too.")
    boolean detailed;

    @Option(
            names = {"-R", "--recursive"},
            description = "Directories below too.")
    boolean recursive;

    /** A file with its path, for JSON. */
    record Listed(PoolPath path, FileInfo file) {}

    @Override
    int run() throws PoolException {
        List<Listed> listed = new ArrayList<>();
        try (PoolService pool = reader()) {
            for (PoolPath path : paths.isEmpty() ? List.of(PoolPath.ROOT) : paths) {
                FileInfo file = pool.stat(path, true);
                if (file.directory()) {
                    directory(pool, path, listed, paths.size() > 1);
                } else {
                    show(new Listed(path, file), listed, path.toString());
                }
            }
        }
        if (json) {
            output().json(listed);
        }
        return ExitCodes.OK;
    }

    private void directory(PoolService pool, PoolPath directory, List<Listed> listed, boolean heading)
            throws PoolException {
        if (!json && (heading || recursive)) {
            output().line(directory + ":");
        }
        List<PoolPath> below = new ArrayList<>();
        long from = 0;
        do {
            Answers.Page page = pool.list(directory, from);
            for (FileInfo file : page.entries()) {
                FileName name = file.fileName();
                show(new Listed(directory.child(name), file), listed, name.toString());
                if (file.directory()) {
                    below.add(directory.child(name));
                }
            }
            from = page.next();
        } while (from != 0);
        if (recursive) {
            for (PoolPath path : below) {
                if (!json) {
                    output().line("");
                }
                directory(pool, path, listed, true);
            }
        }
    }

    private void show(Listed file, List<Listed> listed, String name) {
        if (json) {
            listed.add(file);
        } else {
            output().line(detailed ? new FileLine(file.file()).text(name) : name);
        }
    }
}
