package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which remotes are plain directories of this machine: those that rclone would only copy files to and from. */
public final class PlainDirectory {
    /** Flags of rclone that would change what it does with local files, or slow it down. */
    private static final List<String> TELLING_FLAGS = List.of("--local-", "--bwlimit", "--tpslimit");

    private final RcloneLaunch launch;
    private final BackendOrigin.Sections sections;

    public PlainDirectory(RcloneDaemon daemon) {
        this(daemon.launch(), new RcloneConfig(daemon)::section);
    }

    PlainDirectory(RcloneLaunch launch, BackendOrigin.Sections sections) {
        this.launch = launch;
        this.sections = sections;
    }

    /** The directory that the remote is; empty for one that is encrypted, elsewhere, or used in a special way. */
    public Optional<Path> of(String remote) throws PoolException {
        BackendOrigin origin = BackendOrigin.resolve(remote, sections);
        String path = origin.localPath();
        if (path == null || !origin.plain() || !path.startsWith("/") || isConfiguredOtherwise()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(path));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private boolean isConfiguredOtherwise() {
        return launch.flags().stream().anyMatch(flag -> TELLING_FLAGS.stream().anyMatch(flag::startsWith))
                || launch.environment().keySet().stream()
                        .map(variable -> variable.toUpperCase(Locale.ROOT))
                        .anyMatch(variable -> TELLING_FLAGS.stream()
                                .map(flag -> "RCLONE_"
                                        + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT))
                                .anyMatch(variable::startsWith));
    }
}
