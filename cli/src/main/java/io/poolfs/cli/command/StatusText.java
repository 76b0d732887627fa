package io.poolfs.cli.command;

import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.core.config.Quantities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code poolfs status} for people. */
final class StatusText {
    private final PoolStatus status;

    StatusText(PoolStatus status) {
        this.status = status;
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("pool       " + status.pool() + ", " + state());
        lines.add("local only " + waiting());
        lines.add("room       " + room());
        lines.add("cache      " + cache());
        lines.add("");
        lines.add(remotes(status.remotes()));
        status.notes().forEach(note -> lines.add("note: " + note));
        return String.join("\n", lines);
    }

    private String state() {
        String where = status.mountpoint() == null ? "" : " at " + status.mountpoint();
        String transport = status.transport() == null ? "" : ", transport " + status.transport();
        String reason = status.readOnlyReason() == null ? "" : ", READ-ONLY: " + status.readOnlyReason();
        String state = status.state().equals("open") ? "not mounted" : status.state() + where;
        return state + transport + reason;
    }

    private String waiting() {
        PoolStatus.Stage stage = status.stage();
        // Who only looks has asked no remote what it holds.
        long behind = status.state().equals("open") ? 0 : status.journal().behind();
        if (stage.modifiedFiles() == 0 && behind == 0) {
            return status.state().equals("open") ? "no file is staged here" : "nothing: everything is on the remotes";
        }
        List<String> parts = new ArrayList<>();
        if (stage.modifiedFiles() > 0) {
            parts.add(stage.modifiedFiles() + " files, " + Quantities.readableSize(stage.stagedBytes())
                    + " staged for up to " + Quantities.readableTime(Duration.ofSeconds(stage.oldestSeconds())));
        }
        if (behind > 0) {
            parts.add(behind + " changes not shipped");
        }
        if (stage.uploadsInProgress() > 0) {
            parts.add(stage.uploadsInProgress() + " uploads running");
        }
        return String.join("; ", parts);
    }

    private String room() {
        PoolStatus.Space space = status.space();
        String files = space.inodes() + " files and directories";
        return space.known()
                ? Quantities.readableSize(space.freeBytes()) + " free of " + Quantities.readableSize(space.totalBytes())
                        + ", " + files
                : "at least " + Quantities.readableSize(space.freeBytes())
                        + " free (a remote does not tell its room; set its capacity), " + files;
    }

    private String cache() {
        PoolStatus.Cache cache = status.cache();
        return Quantities.readableSize(cache.cleanBytes()) + " cached, "
                + Quantities.readableSize(cache.stagedBytes()) + " staged of "
                + Quantities.readableSize(cache.limitBytes()) + " in " + cache.directory() + ", fsync: "
                + cache.fsync();
    }

    static String remotes(List<PoolStatus.RemoteInfo> remotes) {
        Table table = new Table(
                "remote", "way", "state", ">of this pool", ">chunks", ">free", ">capacity", ">garbage", "last error");
        for (PoolStatus.RemoteInfo remote : remotes) {
            table.row(
                    remote.name(),
                    remote.way() == null ? "" : remote.way(),
                    state(remote),
                    Quantities.readableSize(remote.poolBytes()),
                    remote.poolChunks(),
                    size(remote.freeBytes()),
                    size(remote.capacityBytes()),
                    Quantities.readableSize(remote.garbageBytes()),
                    remote.lastError() == null ? "" : remote.lastError());
        }
        return table.text();
    }

    private static String state(PoolStatus.RemoteInfo remote) {
        return remote.health() + (remote.enabled() ? "" : ", disabled") + (remote.full() ? ", full" : "");
    }

    private static String size(@org.jspecify.annotations.Nullable Long bytes) {
        return bytes == null ? "unknown" : Quantities.readableSize(bytes);
    }
}
