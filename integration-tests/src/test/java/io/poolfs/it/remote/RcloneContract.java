package io.poolfs.it.remote;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.RemoteStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stores, kept by rclone over some backend. */
abstract class RcloneContract extends RemoteStoreContract {
    private final LocalFiles files = RealFiles.create();

    @TempDir
    private Path directory;

    private RcloneRig rig;

    /** The sections of rclone.conf, and whatever must run for them. */
    abstract String sections(Path directory) throws Exception;

    /** The remote to be tried. */
    abstract String remote();

    @Override
    protected RemoteStore store() throws Exception {
        rig = RcloneRig.start(directory, sections(directory));
        rig.makeFolder("remote");
        RemoteStore store = rig.store(remote());
        store.makeFolder("");
        return store;
    }

    @Override
    protected LocalFiles files() {
        return files;
    }

    @Override
    protected Path directory() {
        return directory;
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }
}
