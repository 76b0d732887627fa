package io.poolfs.core.adopt;

import io.poolfs.core.adopt.RclonepoolImport.LeftOut;
import io.poolfs.core.adopt.RclonepoolImport.Listener;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of the old pool. Each remote has a copy; one that was away when a file was written anew has an older one,
 * so all copies are read and the newest counts. One thread.
 */
final class OldManifests {
    static final int TASKS_PER_REMOTE = 4;
    private static final String SUFFIX = ".manifest.json";
    private static final long MAX_BYTES = 64 << 20;

    private final Scheduler scheduler;
    private final OldRemotes old;
    private final String prefix;

    private record Copy(Remote remote, String object, String name, long sizeBytes) {}

    /** What the copies of one manifest say. */
    private static final class Found {
        private @Nullable OldManifest newest;
        private boolean contradicted;
        private @Nullable PoolException problem;

        synchronized void add(OldManifest manifest) {
            OldManifest best = newest;
            if (best == null || manifest.createdNanos() > best.createdNanos()) {
                newest = manifest;
                contradicted = false;
            } else if (manifest.createdNanos() == best.createdNanos() && !manifest.equals(best)) {
                contradicted = true;
            }
        }

        synchronized void damaged(PoolException why) {
            problem = why;
        }
    }

    OldManifests(Scheduler scheduler, OldRemotes old, String prefix) {
        this.scheduler = scheduler;
        this.old = old;
        this.prefix = prefix;
    }

    /** @param leftOut gets those that nothing can be made of, under the manifest's name */
    List<Candidate> read(List<LeftOut> leftOut, Listener listener) throws PoolException {
        Map<String, Found> found = new LinkedHashMap<>();
        List<Copy> copies = copies();
        copies.forEach(copy -> found.put(copy.name(), new Found()));
        long[] done = {0};
        int tasks = TASKS_PER_REMOTE * old.names().size();
        Side.bySide(
                scheduler,
                tasks,
                copies,
                copy -> read(copy, Objects.requireNonNull(found.get(copy.name()))),
                () -> listener.at("reading manifests", ++done[0], copies.size(), "manifests"));
        List<Candidate> candidates = new ArrayList<>();
        found.forEach((name, of) -> {
            OldManifest manifest = of.newest;
            if (manifest != null && !of.contradicted) {
                candidates.add(new Candidate(manifest));
            } else if (manifest != null) {
                leftOut.add(new LeftOut(manifest.filePath(), "the remotes have different manifests of it, none newer"));
            } else if (of.problem != null) {
                leftOut.add(new LeftOut(name, String.valueOf(of.problem.getMessage())));
            }
        });
        return candidates;
    }

    private List<Copy> copies() throws PoolException {
        List<Copy> copies = new ArrayList<>();
        Set<OldRemotes.Place> seen = new LinkedHashSet<>();
        for (String name : old.names()) {
            old.find(name, prefix).ifPresent(seen::add);
        }
        for (OldRemotes.Place folder : seen) {
            for (RemoteStore.Entry entry : list(folder)) {
                if (!entry.isFolder() && entry.name().endsWith(SUFFIX)) {
                    copies.add(new Copy(
                            folder.remote(), folder.path() + "/" + entry.name(), entry.name(), entry.sizeBytes()));
                }
            }
        }
        return copies;
    }

    private static List<RemoteStore.Entry> list(OldRemotes.Place folder) throws PoolException {
        try {
            return folder.remote().store().list(folder.path());
        } catch (PoolException e) {
            throw new PoolException(
                    e.reason(),
                    "the manifests on " + folder.remote().name()
                            + " cannot be listed, and newer ones may be among them: " + e.getMessage(),
                    e);
        }
    }

    private static void read(Copy copy, Found into) throws PoolException {
        try {
            if (copy.sizeBytes() > MAX_BYTES) {
                throw new PoolException(Reason.CORRUPT, "its manifest has " + copy.sizeBytes() + " bytes");
            }
            ByteBuffer content = ByteBuffer.allocate((int) copy.sizeBytes());
            copy.remote().store().getRange(copy.object(), 0, content);
            into.add(OldManifest.parse(content.array()));
        } catch (PoolException e) {
            if (e.reason() != Reason.CORRUPT && e.reason() != Reason.NEWER_FORMAT) {
                throw new PoolException(
                        e.reason(),
                        "reading " + copy.object() + " on " + copy.remote().name() + ": " + e.getMessage(),
                        e);
            }
            into.damaged(e);
        }
    }
}
