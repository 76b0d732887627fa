package io.poolfs.core.adopt;

import io.poolfs.core.adopt.RclonepoolImport.LeftOut;
import io.poolfs.core.adopt.RclonepoolImport.Listener;
import io.poolfs.core.adopt.RclonepoolImport.Prefixes;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sorts out the files whose bytes may not be theirs. rclonepool named chunks after the file without its folder: two files
 * of one name wrote over each other, and which one's bytes are there nobody can tell. One thread.
 */
final class Doubts {
    private static final int[] NO_CHECKSUMS = {};

    private final Scheduler scheduler;
    private final OldRemotes old;
    private final Prefixes ours;

    /** An object of a remote. */
    private record Place(RemoteId remote, String path) {
        String folder() {
            return path.substring(0, Math.max(0, path.lastIndexOf('/')));
        }
    }

    private record Folder(RemoteId remote, String path) {}

    /** Sizes by path, or why they cannot be told. */
    private record Listing(
            Map<String, Long> sizes, @Nullable String problem) {}

    Doubts(Scheduler scheduler, OldRemotes old, Prefixes ours) {
        this.scheduler = scheduler;
        this.old = old;
        this.ours = ours;
    }

    /** Those without doubt, their chunks filled in; the others go to {@code leftOut}. */
    List<Candidate> sort(List<Candidate> all, List<LeftOut> leftOut, Listener listener) throws PoolException {
        Map<String, Integer> paths = new HashMap<>();
        Map<Place, TreeSet<String>> claims = new LinkedHashMap<>();
        Map<Folder, Remote> folders = new LinkedHashMap<>();
        for (Candidate candidate : all) {
            paths.merge(candidate.path(), 1, Integer::sum);
            for (OldManifest.Part part : candidate.manifest.parts()) {
                old.find(part.remote(), part.path()).ifPresent(at -> {
                    Place place = place(at);
                    claims.computeIfAbsent(place, none -> new TreeSet<>()).add(candidate.path());
                    folders.put(new Folder(place.remote(), place.folder()), at.remote());
                });
            }
        }
        Map<Folder, Listing> listings = list(folders, listener);
        List<Candidate> sound = new ArrayList<>();
        for (Candidate candidate : all) {
            String doubt = paths.getOrDefault(candidate.path(), 0) > 1
                    ? "several manifests say that they are it"
                    : doubt(candidate, claims, listings);
            if (doubt == null) {
                sound.add(candidate);
            } else {
                leftOut.add(new LeftOut(candidate.path(), doubt));
            }
        }
        return sound;
    }

    private @Nullable String doubt(
            Candidate candidate, Map<Place, ? extends Set<String>> claims, Map<Folder, Listing> listings) {
        Set<Place> seen = new HashSet<>();
        for (OldManifest.Part part : candidate.manifest.parts()) {
            Optional<OldRemotes.Place> found = old.find(part.remote(), part.path());
            if (found.isEmpty()) {
                return part.path() + " lies on " + part.remote() + ", which is no remote of this pool";
            }
            Place place = place(found.get());
            if (isOurs(place.path())) {
                return part.path() + " on " + part.remote() + " is where this pool keeps its own";
            }
            Set<String> claiming = claims.get(place);
            if (claiming != null && claiming.size() > 1) {
                return "shares " + part.path() + " on " + part.remote() + " with "
                        + claiming.stream()
                                .filter(path -> !path.equals(candidate.path()))
                                .findFirst()
                                .orElse("")
                        + ": one was written over the other, or is its name from before, and nobody can tell";
            }
            String wrong = wrong(part, place, listings.get(new Folder(place.remote(), place.folder())));
            if (wrong != null) {
                return wrong;
            }
            Chunk chunk = new Chunk(idOf(place), place.remote(), part.sizeBytes(), 0, NO_CHECKSUMS, place.path());
            if (!seen.add(place)) {
                return "its manifest names " + part.path() + " on " + part.remote() + " twice";
            }
            candidate.chunks.add(chunk);
        }
        return null;
    }

    private static @Nullable String wrong(OldManifest.Part part, Place place, @Nullable Listing listing) {
        if (listing == null || listing.problem() != null) {
            return part.path() + " on " + part.remote() + " cannot be looked at: "
                    + (listing == null ? "not listed" : listing.problem());
        }
        Long size = listing.sizes().get(place.path());
        if (size == null) {
            return part.path() + " is not on " + part.remote();
        }
        return size == part.sizeBytes()
                ? null
                : part.path() + " on " + part.remote() + " has " + size + " bytes instead of " + part.sizeBytes()
                        + ": something else was written over it";
    }

    /** A damaged manifest must not make a chunk of what gc would then delete. */
    private boolean isOurs(String path) {
        return path.startsWith(ours.manifests() + "/") || new ChunkObjects(ours.data()).isName(path);
    }

    private static Place place(OldRemotes.Place at) {
        RemoteId id = at.remote().id();
        if (id == null) {
            throw new IllegalStateException(at.remote().name() + " was listed without being known");
        }
        return new Place(id, at.path());
    }

    private Map<Folder, Listing> list(Map<Folder, Remote> folders, Listener listener) throws PoolException {
        Map<Folder, Listing> listings = new ConcurrentHashMap<>();
        long[] done = {0};
        Side.bySide(
                scheduler,
                OldManifests.TASKS_PER_REMOTE,
                List.copyOf(folders.entrySet()),
                folder -> listings.put(
                        folder.getKey(), list(folder.getValue(), folder.getKey().path())),
                () -> listener.at("looking for chunks", ++done[0], folders.size(), "folders"));
        return listings;
    }

    private static Listing list(Remote remote, String folder) {
        Map<String, Long> sizes = new HashMap<>();
        try {
            for (RemoteStore.Entry entry : remote.store().list(folder)) {
                if (!entry.isFolder()) {
                    sizes.put(folder.isEmpty() ? entry.name() : folder + "/" + entry.name(), entry.sizeBytes());
                }
            }
            return new Listing(sizes, null);
        } catch (PoolException e) {
            return new Listing(sizes, String.valueOf(e.getMessage()));
        }
    }

    /** From the place alone: however often a file is taken over, its chunks are the same ones. */
    private static ChunkId idOf(Place place) {
        try {
            byte[] text = (place.remote().hex() + "/" + place.path()).getBytes(StandardCharsets.UTF_8);
            ByteBuffer hash =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text));
            return new ChunkId(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
