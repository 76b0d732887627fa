package io.poolfs.cli.service;

import io.poolfs.cli.socket.ServiceClient;
import io.poolfs.cli.socket.SocketPlace;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a command its {@link PoolService}: the running daemon's, else one over the pool opened here. */
public final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    private final PoolOpener opener;

    public Access(PoolOpener opener) {
        this.opener = opener;
    }

    /** The running daemon's, or null. */
    public static @Nullable PoolService daemon(PoolConfig config) throws PoolException {
        Path socket = SocketPlace.of(config);
        SocketPlace.requireGenuine(socket, config);
        return ServiceClient.connect(socket);
    }

    public PoolService connect(PoolConfig config, PoolOpener.Request request, Progress.Listener listener)
            throws PoolException {
        PoolService daemon = daemon(config);
        return daemon != null ? daemon : open(config, request, listener);
    }

    /** Over a pool opened here; closing it drains and closes the pool. */
    public PoolService open(PoolConfig config, PoolOpener.Request request, Progress.Listener listener)
            throws PoolException {
        OpenPool pool = opener.open(config, request, listener);
        Lifecycle lifecycle = Lifecycle.ofCommand(Instant.now(), () -> close(pool, request));
        return new EngineService(pool, lifecycle, caller());
    }

    /** Files that commands make belong to who runs them. */
    public static PoolFileSystem.Caller caller() {
        try {
            Path self = Path.of("/proc/self");
            return new PoolFileSystem.Caller(
                    (Integer) Files.getAttribute(self, "unix:uid"), (Integer) Files.getAttribute(self, "unix:gid"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell the user of this process", e);
        }
    }

    private static void close(OpenPool pool, PoolOpener.Request request) {
        try {
            if (request.write()) {
                Answers.Stopped left = pool.close(pool.config().stopDrainTimeout());
                if (left.stagedFiles() > 0) {
                    LOG.warn(
                            "{} files ({} bytes) are not on the remotes yet and stay in {}; the next mount uploads them",
                            left.stagedFiles(),
                            left.stagedBytes(),
                            left.spilledTo());
                }
            } else {
                pool.close();
            }
        } catch (PoolException e) {
            LOG.error("closing the pool: {}", e.getMessage());
        }
    }
}
