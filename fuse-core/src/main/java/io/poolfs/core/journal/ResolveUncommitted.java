package io.poolfs.core.journal;

import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Gives names back that were waiting for content which is lost: a file that never had committed content leaves each of
 * its names to what it displaced there, or goes. Nothing is invented: who had data in such a file finds it in the list.
 */
public final class ResolveUncommitted {
    private static final int BATCH = 200;

    private ResolveUncommitted() {}

    /**
     * Makes the changes as transactions, so the pool must be writable.
     *
     * @param survives whether the content that is still to be committed is here (in the stage) for an inode
     * @return what happened to which path, in order of inode
     */
    public static List<Outcome> run(Metadata metadata, LongPredicate survives) throws PoolException {
        List<Outcome> outcomes = new ArrayList<>();
        List<Long> lost = find(metadata, survives);
        for (int from = 0; from < lost.size(); from += BATCH) {
            List<Long> batch = lost.subList(from, Math.min(lost.size(), from + BATCH));
            List<Outcome> done = metadata.change(writer -> {
                List<Outcome> here = new ArrayList<>();
                for (long inode : batch) {
                    resolve(writer, inode, here);
                }
                return here;
            });
            outcomes.addAll(done);
        }
        return outcomes;
    }

    /** What {@link #run} would do, for a mount that may not write. */
    public static List<Outcome> preview(Metadata metadata, LongPredicate survives) throws PoolException {
        List<Outcome> outcomes = new ArrayList<>();
        for (long number : find(metadata, survives)) {
            metadata.look(reader -> {
                for (Op.Place place : reader.places(number)) {
                    outcomes.add(outcome(reader, number, place, displaced(reader, number, place)));
                }
            });
        }
        return outcomes;
    }

    private static List<Long> find(Metadata metadata, LongPredicate survives) throws PoolException {
        List<Long> lost = new ArrayList<>();
        metadata.look(reader -> reader.uncommitted(inode -> {
            if (inode.links() > 0 && !survives.test(inode.number())) {
                lost.add(inode.number());
            }
            return true;
        }));
        return lost;
    }

    private static void resolve(MetadataWriter writer, long number, List<Outcome> outcomes) throws PoolException {
        Inode inode = writer.inode(number);
        if (inode == null || inode.hasCommittedContent()) {
            return;
        }
        for (Op.Place place : writer.places(number)) {
            long back = displaced(writer, number, place);
            outcomes.add(outcome(writer, number, place, back));
            writer.apply(
                    back == 0
                            ? new Op.Unlink(place, writer.nanos())
                            : new Op.Restore(place, number, back, writer.nanos()));
        }
    }

    /** The inode that has its way back to the place from the displacer; 0 when there is none. */
    private static long displaced(MetadataReader reader, long displacer, Op.Place place) throws PoolException {
        for (MetadataReader.Displaced record : reader.displacedBy(displacer)) {
            if (record.at().equals(place)) {
                return record.inode();
            }
        }
        return 0;
    }

    private static Outcome outcome(MetadataReader reader, long number, Op.Place place, long back) throws PoolException {
        return new Outcome(EntryPath.text(reader, place), number, back == 0 ? What.REMOVED : What.RESTORED);
    }

    /** What became of a name. */
    public enum What {
        /** The older committed content has the name again. */
        RESTORED,
        /** There never was committed content under this name. */
        REMOVED
    }

    /** One name whose newest content is lost. */
    public record Outcome(String path, long inode, What what) {}
}
