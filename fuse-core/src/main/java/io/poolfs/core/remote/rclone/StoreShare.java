package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What all views of one {@link RcloneStore} have in common. Usable from any thread. */
final class StoreShare {
    final Scheduler scheduler;
    final RcEndpoint endpoint;
    final BackendOrigin.Sections sections;
    final String name;
    final Duration timeout;
    final UploadGroups groups = new UploadGroups();
    final Absences absences = new Absences();
    final @Nullable DirectReads direct;
    volatile @Nullable BackendTraits traits;
    volatile boolean closed;

    StoreShare(
            Scheduler scheduler, RcEndpoint endpoint, BackendOrigin.Sections sections, String name, Duration timeout) {
        this.scheduler = scheduler;
        this.endpoint = endpoint;
        this.sections = sections;
        this.name = name;
        this.timeout = timeout;
        RangeServers servers = endpoint.servers();
        this.direct = servers == null ? null : new DirectReads(this, servers);
    }

    RcClient client(long deadline) throws PoolException {
        if (closed) {
            throw new PoolException(Reason.CLOSED, "the store is closed");
        }
        return endpoint.client(deadline);
    }

    /** How long nothing may move. */
    long stallNanos() {
        return timeout.toNanos();
    }

    String label() {
        return RemoteLabel.of(name);
    }

    /** What rclone said, with what it was about and the way out. {@code path}: empty for the remote itself. */
    PoolException failed(String path, RcFailure failure) {
        String text = failure.text();
        String what = path.isEmpty() ? name : label() + " " + path;
        return new PoolException(
                RcloneErrors.reason(text, path), what + ": " + text + RcloneErrors.advice(text), failure);
    }
}
