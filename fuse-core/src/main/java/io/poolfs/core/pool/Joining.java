package io.poolfs.core.pool;

import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.journal.Voters;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.PoolRemote;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a configured remote that carries the pool's marker a member: it is given all metadata, then counts for the
 * quorum. Repeatable at any point. Usable from any thread.
 */
final class Joining {
    private static final Duration CLAIM_WITHIN = Duration.ofSeconds(30);
    private static final Duration CHANGE_WITHIN = Duration.ofMinutes(10);

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final PoolJournal journal;
    private final RemoteSet remotes;

    Joining(Scheduler scheduler, Metadata metadata, PoolJournal journal, RemoteSet remotes) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.journal = journal;
        this.remotes = remotes;
    }

    /**
     * Whether it had to be made one.
     *
     * @throws PoolException NOT_FOUND when no such remote is configured; what is wrong with it when it is not recognised;
     *     FENCED or NO_QUORUM when members cannot be changed now
     */
    boolean join(String name) throws PoolException {
        Remote remote = remotes.remotes()
                .byName(name)
                .orElseThrow(() -> new PoolException(Reason.NOT_FOUND, "no remote " + name + " in this pool"));
        RemoteId id = ((PoolRemote) remote).recognise();
        awaitClaimed();
        Members before = metadata.read(MetadataReader::members);
        boolean isMember =
                before.members().stream().anyMatch(member -> member.remote().equals(id));
        List<Op.Member> members = new ArrayList<>(before.members());
        if (!isMember) {
            members.add(new Op.Member(id, name, true));
        }
        Members next = isMember ? before : new Members(members, Voters.defaultWriteQuorum(members.size()));
        journal.changeMembers(next, scheduler.deadlineAfter(CHANGE_WITHIN));
        return !isMember;
    }

    private void awaitClaimed() throws PoolException {
        if (journal.awaitClaimed(scheduler.deadlineAfter(CLAIM_WITHIN))) {
            return;
        }
        PoolException why = journal.fenced() != null ? journal.fenced() : journal.claimError();
        throw why != null
                ? why
                : new PoolException(Reason.NO_QUORUM, "too few remotes answer to change who keeps the metadata");
    }
}
