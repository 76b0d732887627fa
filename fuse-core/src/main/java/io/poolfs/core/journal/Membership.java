package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The members and how they change: a new member first gets a checkpoint and all segments; from then until the change is
 * shipped, the old and the new quorum must both agree. {@code members.json} remembers the old ones for a mount that is
 * interrupted between. Used by one thread at a time.
 */
final class Membership {
    private static final String KIND = "members";

    private final LocalState state;
    private final Metadata metadata;
    private final Shipper shipper;
    private final Checkpoints checkpoints;

    Membership(LocalState state, Metadata metadata, Shipper shipper, Checkpoints checkpoints) {
        this.state = state;
        this.metadata = metadata;
        this.shipper = shipper;
        this.checkpoints = checkpoints;
    }

    /** Who decides when the mount starts: the members, with those before them while the last change is not shipped. */
    static Voters load(LocalState state, Metadata metadata) throws PoolException {
        Members now = metadata.read(MetadataReader::members);
        if (now.members().isEmpty()) {
            throw new PoolException(Reason.CORRUPT, "the pool has no members");
        }
        Path path = state.places().members();
        if (!state.files().exists(path)) {
            return Voters.of(now);
        }
        Fields fields = Fields.parse(state.files().readAll(path, Fields.MAX_BYTES), path.toString())
                .require(KIND);
        List<Op.Member> before = new ArrayList<>();
        for (String hex : fields.text("before").split(",")) {
            RemoteId id = RemoteId.parse(hex);
            before.add(new Op.Member(id, hex, true));
        }
        Members old = new Members(before, (int) fields.number("write_quorum", 1, before.size()));
        return new Voters(List.of(old, now));
    }

    /**
     * Makes the change and returns when it is shipped.
     *
     * @throws PoolException INVALID for an impossible quorum; NO_QUORUM when the deadline passes, after which the change
     *     goes on in the background as far as it got
     */
    void change(Members next, long deadlineNanos) throws PoolException {
        check(next);
        Members before = metadata.read(MetadataReader::members);
        Set<RemoteId> old = before.members().stream().map(Op.Member::remote).collect(Collectors.toSet());
        try {
            // With a quorum of none, newcomers get everything and decide nothing.
            shipper.setVoters(new Voters(List.of(before, new Members(next.members(), 0))));
            checkpoints.force(deadlineNanos);
            for (Op.Member member : next.members()) {
                if (!old.contains(member.remote()) && !shipper.awaitMember(member.remote(), deadlineNanos)) {
                    throw new PoolException(
                            Reason.NO_QUORUM, "new member " + member.name() + " did not get the metadata in time");
                }
            }
            remember(before);
        } catch (PoolException e) {
            shipper.setVoters(Voters.of(before));
            throw e;
        }
        shipper.setVoters(new Voters(List.of(before, next)));
        metadata.alter(writer -> writer.apply(new Op.SetMembers(next.members(), next.writeQuorum())));
        shipper.awaitShipped(metadata.lastTransaction(), deadlineNanos);
        finish();
    }

    /** The change is shipped: the old members no longer count. */
    void finish() throws PoolException {
        shipper.setVoters(Voters.of(metadata.read(MetadataReader::members)));
        state.files().delete(state.places().members());
    }

    static void check(Members next) throws PoolException {
        long distinct =
                next.members().stream().map(Op.Member::remote).distinct().count();
        if (distinct != next.members().size()
                || next.writeQuorum() < 1
                || next.writeQuorum() > next.members().size()) {
            throw new PoolException(
                    Reason.INVALID,
                    "a write quorum of " + next.writeQuorum() + " of "
                            + next.members().size() + " members (" + distinct + " distinct) is not possible");
        }
    }

    private void remember(Members before) throws PoolException {
        LocalFiles files = state.files();
        String ids =
                before.members().stream().map(member -> member.remote().hex()).collect(Collectors.joining(","));
        files.writeAtomically(
                state.places().members(),
                Fields.line(Fields.object()
                        .put("format", Layout.FORMAT)
                        .put("kind", KIND)
                        .put("before", ids)
                        .put("write_quorum", before.writeQuorum())));
    }
}
