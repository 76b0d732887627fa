package io.poolfs.cli.command;

import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.remote.RemoteLabel;
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
        lines.add("traffic    " + traffic());
        lines.add("reading    " + reading());
        lines.add("room       " + room());
        lines.add("cache      " + cache());
        lines.add("");
        lines.add(now(status.remotes()));
        for (PoolStatus.RemoteInfo remote : status.remotes()) {
            if (remote.lastError() != null) {
                lines.add("error: " + RemoteLabel.before(remote.name(), remote.lastError()));
            }
        }
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
        Long drain = stage.drainSeconds();
        if (drain != null && stage.stagedBytes() > 0) {
            parts.add("uploaded in about " + Quantities.readableTime(Duration.ofSeconds(Math.max(1, drain))));
        }
        return String.join("; ", parts);
    }

    private String traffic() {
        long up = 0;
        long down = 0;
        for (PoolStatus.RemoteInfo remote : status.remotes()) {
            up += remote.upBytesPerSecond();
            down += remote.downBytesPerSecond();
        }
        long limit = status.limitBytesPerSecond();
        return "up " + speed(up) + ", down " + speed(down)
                + (limit == 0 ? "" : "; limit " + speed(limit) + " each way");
    }

    private String reading() {
        PoolStatus.Reading reading = status.reading();
        Integer hits = status.cache().hitPercent();
        return reading.openFiles() + " open files, " + reading.readers() + " of them being read"
                + (hits == null ? "" : "; " + hits + "% of what was read came from the cache");
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
                + cache.fsync()
                + (cache.pinnedFiles() == 0
                        ? ""
                        : "; " + cache.pinnedFiles() + (cache.pinnedFiles() == 1 ? " file" : " files") + " pinned, "
                                + Quantities.readableSize(cache.pinnedBytes()) + " of at most "
                                + Quantities.readableSize(cache.pinnedLimitBytes()));
    }

    /** What each remote is, for a listing of them. */
    static String remotes(List<PoolStatus.RemoteInfo> remotes) {
        Table table = new Table(
                "remote", "way", "state", ">of this pool", ">chunks", ">free", ">capacity", ">garbage", "last error");
        for (PoolStatus.RemoteInfo remote : remotes) {
            table.row(
                    remote.name(),
                    way(remote),
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

    /** How each remote is and what goes on there. */
    private static String now(List<PoolStatus.RemoteInfo> remotes) {
        Table table = new Table(
                "remote", "way", "state", ">of this pool", ">free", ">fill", ">up", ">down", ">queue", ">errors");
        for (PoolStatus.RemoteInfo remote : remotes) {
            table.row(
                    remote.name(),
                    way(remote),
                    state(remote),
                    Quantities.readableSize(remote.poolBytes()),
                    size(remote.freeBytes()),
                    fill(remote),
                    speed(remote.upBytesPerSecond()),
                    speed(remote.downBytesPerSecond()),
                    queue(remote),
                    remote.failures() == 0 ? "-" : Long.toString(remote.failures()));
        }
        return table.text();
    }

    private static String state(PoolStatus.RemoteInfo remote) {
        return remote.health() + (remote.enabled() ? "" : ", disabled") + (remote.full() ? ", full" : "");
    }

    private static String way(PoolStatus.RemoteInfo remote) {
        return remote.way() == null ? "" : remote.way();
    }

    /** How much of its capacity is used, by whomever. */
    private static String fill(PoolStatus.RemoteInfo remote) {
        Long capacity = remote.capacityBytes();
        Long free = remote.freeBytes();
        return capacity == null || free == null || capacity == 0
                ? "unknown"
                : 100 * Math.max(0, capacity - free) / capacity + "%";
    }

    /** What runs, and what waits for its turn. */
    private static String queue(PoolStatus.RemoteInfo remote) {
        int running = remote.uploadsInProgress() + remote.downloadsInProgress();
        if (running + remote.waiting() == 0) {
            return "-";
        }
        return running + (remote.waiting() == 0 ? "" : "+" + remote.waiting());
    }

    static String speed(long bytesPerSecond) {
        return bytesPerSecond == 0 ? "-" : Quantities.readableSize(bytesPerSecond) + "/s";
    }

    private static String size(@org.jspecify.annotations.Nullable Long bytes) {
        return bytes == null ? "unknown" : Quantities.readableSize(bytes);
    }
}
