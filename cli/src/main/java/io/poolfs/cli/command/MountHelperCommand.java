package io.poolfs.cli.command;

import io.poolfs.cli.daemon.FstabMount;
import io.poolfs.cli.daemon.FstabSource;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What mount(8) calls for the type {@code fuse.poolfs}; its exit status is that of mount(8). */
@Command(
        name = "mount-helper",
        hidden = true,
        header = "Mount for mount(8) and /etc/fstab.",
        description = "Called as mount.fuse.poolfs SOURCE MOUNTPOINT [-sfnv] [-o OPTIONS] [-t TYPE].")
final class MountHelperCommand extends PoolCommand {
    private static final int MOUNT_FAILED = 32;
    private static final Path FSTAB = Path.of("/etc/fstab");

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The pool's name.")
    String source = "";

    @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "Where to.")
    Path mountpoint = Path.of(".");

    @Option(names = "-o", paramLabel = "OPTIONS", description = "As for poolfs mount.")
    List<String> options = new ArrayList<>();

    @Option(names = "-t", paramLabel = "TYPE", description = "Ignored.")
    String type = "";

    @Option(names = "-N", paramLabel = "NAMESPACE", description = "Ignored.")
    String namespace = "";

    @Option(names = "-s", description = "Ignored.")
    boolean sloppy;

    @Option(names = "-f", description = "Do everything but mount.")
    boolean fake;

    @Option(names = "-n", description = "Ignored.")
    boolean noTable;

    @Override
    int run() {
        try {
            MountWords words = MountWords.of(options);
            Path at = mountpoint.toAbsolutePath().normalize();
            FstabMount mount = FstabMount.of(
                    FstabSource.nameOf(source, at, FSTAB),
                    at,
                    words.config(),
                    words.value("uid"),
                    words.others(),
                    wiring().surroundings());
            if (!fake) {
                mount.run();
            }
            return ExitCodes.OK;
        } catch (PoolException e) {
            output().say("mount.fuse.poolfs: " + e.getMessage());
            return MOUNT_FAILED;
        }
    }
}
