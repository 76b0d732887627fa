package io.poolfs.cli.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The small answers of a {@link PoolService}. */
public final class Answers {
    private Answers() {}

    /** {@code next}: where the listing goes on, 0 at its end. */
    public record Page(List<FileInfo> entries, long next) {}

    public record Opened(long handle, FileInfo file) {}

    /** What a subtree holds. {@code storedBytes}: of its content on the remotes. */
    public record TreeUsage(
            PoolPath path, long files, long directories, long others, long sizeBytes, long storedBytes) {}

    /** {@code transaction}: up to here a quorum of the remotes holds the metadata. */
    public record Flushed(long transaction, long files) {}

    /** Keys whose change took effect, and keys that wait for the next mount. */
    public record Reloaded(List<String> applied, List<String> waiting) {}

    /** A file with content that is not on the remotes yet; {@code reason}: uncommitted, not shipped. */
    public record Staged(PoolPath path, long inode, long sizeBytes, String reason) {}

    /** {@code isNew}: it kept no metadata before. */
    public record Joined(boolean isNew, PoolStatus.RemoteInfo remote) {}

    /** The old pool: its remotes as rclone names them, and the folder of its manifests. */
    public record ImportOrder(List<String> remotes, String manifestPrefix, boolean dryRun) {}

    /** {@code found}: files of the old pool; {@code already}: those that were taken over before. */
    public record Imported(
            boolean dryRun, long found, long imported, long importedBytes, long already, List<LeftOut> leftOut) {}

    /** A file with which it was not done, and why. */
    public record LeftOut(String path, String why) {}

    /** Files warmed, pinned, unpinned or evicted. {@code movedBytes}: fetched, or freed. */
    public record Kept(long files, long bytes, long movedBytes, List<LeftOut> failed) {}

    /** What is pinned; {@code bytes} and {@code limitBytes}: what pins take, and may take. */
    public record Pins(List<PinnedFile> files, long bytes, long limitBytes) {}

    public record PinnedFile(PoolPath path, long bytes, long presentBytes) {}

    /** Which remotes to measure (none: all), one after the other or at once, and how long each step may take. */
    public record BenchOrder(List<String> remotes, boolean oneByOne, long phaseMillis) {}

    /** What a remote could do; null for what was not reached. */
    public record Bench(
            String remote,
            @Nullable Long putMillis,
            @Nullable Long getMillis,
            @Nullable Long upBytesPerSecond,
            @Nullable Long downBytesPerSecond,
            @Nullable Double deletesPerSecond,
            @Nullable String error) {}

    /** {@code incomplete}: the rest of the list was cut. */
    public record Affected(
            String remote, long files, long chunks, long bytes, List<PoolPath> paths, boolean incomplete) {}

    /** What garbage collection freed or will free. */
    public record Collected(
            long freedChunks, long freedBytes, long waitingChunks, long waitingBytes, List<String> foreign) {}

    /** What was checked; what is wrong, what was, and what is no damage, one line each. */
    public record Checked(
            long inodes,
            long chunks,
            long bytesRead,
            List<String> problems,
            List<String> repaired,
            List<String> notes) {}

    /** How a stop ended: what was left, and where it was put. */
    public record Stopped(
            long stagedFiles, long stagedBytes, @Nullable String spilledTo) {}

    /** What {@code fsck} is to do. */
    public record CheckOrder(boolean data, boolean repair) {}
}
