package io.poolfs.core.adopt;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Scheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes the files of a pool made by rclonepool into the namespace where they lie. Its manifests are read and left alone.
 * It can be repeated: what is in already is skipped.
 *
 * <pre>
 * manifests of all remotes → newest of each name → compared with each other and with the objects → transactions
 * </pre>
 */
public final class RclonepoolImport {
    private final Scheduler scheduler;
    private final Metadata metadata;
    private final List<Remote> remotes;
    private final Prefixes ours;

    /**
     * Where this pool keeps what is its own on the same remotes.
     *
     * @param data its chunks
     * @param manifests its metadata
     */
    public record Prefixes(String data, String manifests) {}

    /**
     * What to take over.
     *
     * @param remotes of the old pool, as rclone names them
     * @param manifestPrefix of the old pool
     * @param dryRun changes nothing
     * @param owner of the files
     * @param group of the files
     */
    public record Order(List<String> remotes, String manifestPrefix, boolean dryRun, int owner, int group) {}

    /** A file that was not taken over, and why. */
    public record LeftOut(String path, String why) {}

    /**
     * What came of it.
     *
     * @param found manifests, each file once
     * @param imported files that are in now, or would be
     * @param already files that were in before
     */
    public record Result(long found, long imported, long importedBytes, long already, List<LeftOut> leftOut) {}

    /** Is told how far it is. */
    @FunctionalInterface
    public interface Listener {
        void at(String phase, long done, long total, String unit);
    }

    public RclonepoolImport(Scheduler scheduler, Metadata metadata, List<Remote> remotes, Prefixes ours) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.remotes = List.copyOf(remotes);
        this.ours = ours;
    }

    /**
     * @throws PoolException CONFIG or REMOTE_UNAVAILABLE when manifests of a remote cannot be read: a newer one may lie
     *     there, so nothing is taken over
     */
    public Result run(Order order, Listener listener) throws PoolException {
        List<LeftOut> leftOut = new ArrayList<>();
        OldRemotes old = OldRemotes.of(remotes, order.remotes());
        List<Candidate> all = new OldManifests(scheduler, old, order.manifestPrefix()).read(leftOut, listener);
        long found = (long) all.size() + leftOut.size();
        List<Candidate> sound = new Doubts(scheduler, old, ours).sort(all, leftOut, listener);
        Intake intake = new Intake(metadata, order);
        intake.take(sound, leftOut, listener);
        leftOut.sort(Comparator.comparing(LeftOut::path));
        return new Result(found, intake.imported(), intake.importedBytes(), intake.already(), List.copyOf(leftOut));
    }
}
