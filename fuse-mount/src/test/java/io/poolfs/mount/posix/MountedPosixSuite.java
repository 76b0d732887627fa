package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.mount.NeedsFuse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The whole of what a mounted pool must do as a POSIX file system. Extend it with a mount that lives as long as the
 * class; mount it with {@code allow_other}, or the part about other users is skipped.
 */
@NeedsFuse
public abstract class MountedPosixSuite
        implements MountedFiles,
                MountedAllocation,
                MountedCopies,
                MountedNames,
                MountedLinks,
                MountedListings,
                MountedAttributes,
                MountedXattrs,
                MountedMappings,
                MountedPrograms,
                MountedUsers {
    private Path work = Path.of("/nonexistent");

    /** The root of the mount. */
    protected abstract Path mountPoint();

    @Override
    public final Path work() {
        return work;
    }

    @BeforeEach
    final void makeWork() throws IOException {
        work = Files.createTempDirectory(mountPoint(), "work");
    }

    @AfterEach
    final void removeWork() throws Exception {
        Command.here().ok(mountPoint(), "chmod -R u+rwx \"$1\"; rm -rf \"$1\"", work);
        assertThat(work).doesNotExist();
    }
}
