package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a pool's history from its remotes into a fresh state directory: the newest intact checkpoint and the segments
 * behind it, each from any member that has it whole. Claims nothing and changes nothing on the remotes. Used by one
 * thread.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final int PART_BYTES = 4 << 20;
    private static final int ATTEMPTS = 4;

    /** How many epochs before the checkpoint's are looked into for what has become void. */
    private static final int EPOCHS_BACK = 16;

    private final LocalState state;
    private final Layout layout;
    private final Map<RemoteId, RemoteStore> members;
    private final long deadlineNanos;
    private final List<Copies.BadCopy> bad = new ArrayList<>();

    private Recovery(LocalState state, Layout layout, Map<RemoteId, RemoteStore> members, long deadlineNanos) {
        this.state = state;
        this.layout = layout;
        this.members = members;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Fetches what the remotes have. Afterwards the state holds a consistent history up to {@link Fetched#end}; the
     * caller loads and replays the metadata, and then asks {@link #assess} what that history is worth.
     *
     * @param state found FRESH
     * @param remotes the configured remotes; those with an id are read
     * @throws PoolException NO_QUORUM when no remote can be read, CORRUPT when nothing usable is there
     */
    public static Fetched fetch(
            LocalState state, Layout layout, Supplier<? extends List<? extends Remote>> remotes, long deadlineNanos)
            throws PoolException {
        return new Recovery(state, layout, new MemberStores(remotes).all(), deadlineNanos).fetch();
    }

    private Fetched fetch() throws PoolException {
        for (int i = 1; ; i++) {
            bad.clear();
            state.progress().at("asking the remotes", 0, -1, "");
            EpochSurvey survey = EpochSurvey.take(
                    state.scheduler(), layout, state.pool(), members, answers -> false, 0, deadlineNanos);
            ChainPosition start = fetchCheckpoint(survey);
            try {
                Fetched fetched = fetchBehind(start, survey);
                if (fetched.gap().isEmpty() || i == ATTEMPTS || !isOvertaken(survey, start)) {
                    return fetched;
                }
            } catch (PoolException e) {
                if (e.reason() != Reason.CORRUPT || i == ATTEMPTS || !isOvertaken(survey, start)) {
                    throw e;
                }
            }
            LOG.info("a mount has pruned what was being read; starting again at its newer checkpoint");
        }
    }

    /** Whether members have a newer checkpoint than the one that was taken: what is behind it may have been deleted. */
    private boolean isOvertaken(EpochSurvey survey, ChainPosition start) throws PoolException {
        for (String name : survey.copies().list(layout.checkpointFolder(), deadlineNanos)) {
            NumberedName checkpoint = NumberedName.parse(name);
            if (checkpoint != null && checkpoint.number() > start.last()) {
                return true;
            }
        }
        return false;
    }

    private Fetched fetchBehind(ChainPosition start, EpochSurvey survey) throws PoolException {
        if (!start.isStart()) {
            survey.addClaimant(start.folder());
        }
        long unlisted = survey.unlisted();
        EpochLine line = EpochLine.read(survey, Long.MAX_VALUE, start.epoch());
        if (line.isEmpty() && unlisted > 0) {
            throw new PoolException(Reason.NO_QUORUM, byWhom(unlisted));
        }
        if (line.isEmpty()) {
            throw nothing(survey, "no remote knows of an epoch of this pool");
        }
        long[] segments = {0};
        HistoryWalk.End end = new HistoryWalk(
                        layout, new SegmentCodec(state.pool()), survey.copies(), line, deadlineNanos)
                .walk(start, (segment, object) -> {
                    state.chain().append(object, segment.header());
                    state.progress().at("reading the journal", ++segments[0], -1, "segments");
                });
        if (end.position().isStart()) {
            throw nothing(
                    survey,
                    "no usable checkpoint and no first segment: "
                            + (end.gap() == null ? "the journal is empty" : end.gap()));
        }
        state.journal().restartAt(state.chain().last());
        bad.addAll(survey.copies().bad());
        bad.forEach(copy -> LOG.info("not usable: {}", told(copy)));
        List<String> unreadable = new ArrayList<>();
        members.forEach((id, store) -> {
            if (!survey.copies().members().containsKey(id)) {
                unreadable.add(store.name());
            }
        });
        return new Fetched(
                start.last(),
                end.position().last(),
                unlisted > 0 ? byWhom(unlisted) : Objects.requireNonNullElse(end.gap(), ""),
                unlisted > 0 ? List.of() : List.copyOf(end.torn()),
                findVoid(survey, start),
                bad.stream().map(Recovery::told).toList(),
                List.copyOf(survey.copies().members().keySet()),
                unreadable);
    }

    private static String byWhom(long epoch) {
        return "epoch " + epoch + " has been claimed, and no listing of a remote shows by whom: what it"
                + " wrote cannot be found; listings may lag behind, try again later";
    }

    private static String told(Copies.BadCopy copy) {
        return copy.what().contains(copy.object())
                ? copy.what()
                : copy.object() + " on " + copy.remote() + ": " + copy.what();
    }

    /** Who was not read may have what the others do not. */
    private PoolException nothing(EpochSurvey survey, String what) {
        int read = survey.copies().members().size();
        return read < members.size()
                ? new PoolException(
                        Reason.NO_QUORUM, what + "; only " + read + " of " + members.size() + " remotes could be read")
                : new PoolException(Reason.CORRUPT, what);
    }

    private ChainPosition fetchCheckpoint(EpochSurvey survey) throws PoolException {
        Poll.Result<List<RemoteStore.Entry>> lists = Poll.<List<RemoteStore.Entry>>start(
                        state.scheduler(),
                        "list checkpoints of",
                        survey.copies().members(),
                        (id, store) -> store.list(layout.checkpointFolder()))
                .awaitAll(deadlineNanos);
        TreeMap<NumberedName, Map<RemoteId, Long>> found = new TreeMap<>();
        lists.answers().forEach((id, entries) -> {
            for (RemoteStore.Entry entry : entries) {
                NumberedName name = NumberedName.parse(entry.name());
                if (name != null && !entry.isFolder()) {
                    found.computeIfAbsent(name, n -> new LinkedHashMap<>()).merge(id, entry.sizeBytes(), Math::max);
                }
            }
        });
        for (Map.Entry<NumberedName, Map<RemoteId, Long>> candidate :
                found.descendingMap().entrySet()) {
            KeptCheckpoint fetched = fetchFromAny(candidate.getKey(), candidate.getValue());
            if (fetched == null) {
                continue;
            }
            ChainPosition position = fetched.header().position();
            EpochLine line = EpochLine.read(survey, Long.MAX_VALUE, position.epoch());
            if (line.behind(position) != null) {
                state.shelf().add(fetched);
                state.chain().startAt(position);
                return position;
            }
            bad.add(new Copies.BadCopy(
                    "every remote",
                    layout.checkpoint(
                            candidate.getKey().number(), candidate.getKey().owner()),
                    "is not part of the pool's history"));
            state.files().delete(fetched.path());
        }
        state.chain().startAt(ChainPosition.START);
        return ChainPosition.START;
    }

    private @Nullable KeptCheckpoint fetchFromAny(NumberedName name, Map<RemoteId, Long> holders) throws PoolException {
        String object = layout.checkpoint(name.number(), name.owner());
        Path path = state.shelf().directory().resolve(name.toString());
        Path draft = path.resolveSibling(path.getFileName() + ".draft");
        for (Map.Entry<RemoteId, Long> holder : holders.entrySet()) {
            RemoteStore store = members.get(holder.getKey());
            if (store == null) {
                continue;
            }
            try {
                download(store, object, holder.getValue(), draft);
                CheckpointHeader header = CheckpointFile.verify(state.files(), draft, state.pool());
                if (header.position().last() != name.number() || !header.owner().equals(name.owner())) {
                    throw new PoolException(
                            Reason.CORRUPT,
                            "it is the checkpoint of transaction "
                                    + header.position().last() + " by " + header.owner());
                }
                state.files().rename(draft, path);
                state.files().syncDirectory(state.shelf().directory());
                return new KeptCheckpoint(header, path, holder.getValue());
            } catch (PoolException e) {
                if (e.reason() == Reason.NEWER_FORMAT || e.reason() == Reason.NO_SPACE) {
                    throw e;
                }
                bad.add(new Copies.BadCopy(store.name(), object, String.valueOf(e.getMessage())));
                state.files().delete(draft);
            }
        }
        return null;
    }

    private void download(RemoteStore store, String object, long sizeBytes, Path to) throws PoolException {
        try (LocalFile file = state.files().open(to, LocalFiles.Mode.CREATE)) {
            file.truncate(0);
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART_BYTES, Math.max(1, sizeBytes)));
            for (long offset = 0; offset < sizeBytes; offset += PART_BYTES) {
                part.clear().limit((int) Math.min(PART_BYTES, sizeBytes - offset));
                store.getRange(object, offset, part);
                file.write(offset, part.flip());
                state.progress()
                        .at("reading the checkpoint", Math.min(offset + PART_BYTES, sizeBytes), sizeBytes, "bytes");
            }
            file.sync();
        }
    }

    /** Segments that are on members but not in history, as far back as it is looked into. */
    private List<String> findVoid(EpochSurvey survey, ChainPosition start) throws PoolException {
        EpochLine line = EpochLine.read(survey, Long.MAX_VALUE, Math.max(1, start.epoch() - EPOCHS_BACK));
        long lowest = line.isEmpty() ? 1 : line.spans().get(0).epoch().number();
        Copies copies = survey.copies();
        Set<NumberedName> folders = new TreeSet<>();
        for (String name : copies.list(layout.journalFolder(), deadlineNanos)) {
            NumberedName folder = NumberedName.parse(name);
            if (folder != null && folder.number() >= lowest) {
                folders.add(folder);
            }
        }
        List<String> found = new ArrayList<>();
        for (NumberedName folder : folders) {
            long last = line.lastOf(folder);
            String path = layout.segmentFolder(folder.number(), folder.owner());
            for (String name : copies.list(path, deadlineNanos)) {
                if (NumberedName.number(name) > last) {
                    found.add(folder + "/" + name);
                }
            }
        }
        return found;
    }

    /** What the fetched history is worth, once the metadata store says who the members are. */
    public static Assessment assess(Fetched fetched, Metadata metadata) throws PoolException {
        MetadataReader.Members who = metadata.read(MetadataReader::members);
        List<String> missing = who.members().stream()
                .filter(member -> !fetched.read().contains(member.remote()))
                .map(member -> member.name())
                .toList();
        int needed = Voters.readQuorum(who);
        int read = who.members().size() - missing.size();
        String why = "";
        boolean unfinished = Voters.of(who).isUnfinished(fetched.torn(), fetched.read());
        if (!fetched.gap().isEmpty() && !unfinished) {
            why = fetched.gap();
        } else if (read < needed) {
            why = "only " + read + " of " + who.members().size() + " members could be read, " + needed
                    + " are needed to be sure; transactions behind " + fetched.end() + " may be missing (not read: "
                    + String.join(", ", missing) + ")";
        }
        long files = metadata.read(MetadataReader::inodeCount);
        return new Assessment(why.isEmpty(), why, metadata.lastTransaction(), files);
    }

    /**
     * What was fetched.
     *
     * @param checkpoint the transaction of the checkpoint; 0 when there is none and history was read from its start
     * @param end the last transaction
     * @param gap what keeps history from going on; empty at its head
     * @param torn when the gap would be the newest segment: who has a copy of it, none intact
     * @param voidSegments segments on the remotes that belong to no history; kept, never replayed
     * @param badCopies objects that are damaged on a remote; another copy was used where there is one
     * @param read the remotes that could be read to the end
     * @param unreadable names of those that could not
     */
    public record Fetched(
            long checkpoint,
            long end,
            String gap,
            List<RemoteId> torn,
            List<String> voidSegments,
            List<String> badCopies,
            List<RemoteId> read,
            List<String> unreadable) {}

    /**
     * The verdict.
     *
     * @param complete true: everything that was ever acknowledged is there. False: mount read-only, or accept the loss
     * @param why what may be missing; empty when complete
     * @param transactions the last transaction
     * @param inodes files, directories and the rest
     */
    public record Assessment(boolean complete, String why, long transactions, long inodes) {}
}
