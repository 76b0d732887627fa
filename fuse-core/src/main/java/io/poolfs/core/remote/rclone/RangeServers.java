package io.poolfs.core.remote.rclone;

import io.poolfs.core.remote.crypt.CryptKey;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servers of ranges beside a daemon, and the keys of crypt remotes. Usable from any thread; ends with the daemon. */
final class RangeServers implements AutoCloseable {
    private final Scheduler scheduler;
    private final RcloneCommand command;
    private final @Nullable String configPassword;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private final Map<String, RangeServer> servers = new HashMap<>();

    /** By password and salt: remotes that were made together have the same, and a key takes long. */
    @GuardedByMonitor("monitor")
    private final Map<List<String>, CryptKey> keys = new HashMap<>();

    @GuardedByMonitor("monitor")
    private boolean closed;

    RangeServers(Scheduler scheduler, RcloneCommand command, @Nullable String configPassword) {
        this.scheduler = scheduler;
        this.command = command;
        this.configPassword = configPassword;
        this.monitor = scheduler.newMonitor("servers of ranges");
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Null after the close. */
    @Nullable
    RangeServer of(String place) {
        try (Monitor.Hold hold = monitor.enter()) {
            return closed
                    ? null
                    : servers.computeIfAbsent(place, key -> new RangeServer(scheduler, command, configPassword, place));
        }
    }

    CryptKey key(String password, String salt) {
        try (Monitor.Hold hold = monitor.enter()) {
            return keys.computeIfAbsent(List.of(password, salt), both -> CryptKey.derive(password, salt));
        }
    }

    @Override
    public void close() {
        List<RangeServer> all;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            all = List.copyOf(servers.values());
            keys.clear();
        }
        all.forEach(RangeServer::close);
    }
}
