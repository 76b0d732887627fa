package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares a member's copies of the segments and checkpoints with those here, byte for byte. Changes nothing. What a
 * member lacks is no damage: it gets it when it has caught up.
 */
final class CopyAudit {
    private static final int BLOCK_BYTES = 1 << 20;

    private final LocalFiles files;
    private final Layout layout;
    private final Chain chain;
    private final CheckpointShelf shelf;

    CopyAudit(LocalFiles files, Layout layout, Chain chain, CheckpointShelf shelf) {
        this.files = files;
        this.layout = layout;
        this.chain = chain;
        this.shelf = shelf;
    }

    /** The damaged copies on the member, one sentence each. */
    List<String> damagedOn(RemoteStore store) throws PoolException {
        Map<String, Map<String, Long>> folders = new HashMap<>();
        List<String> damaged = new ArrayList<>();
        for (ChainEntry entry : chain.all()) {
            String object = entry.object(layout);
            Long found = sizeOf(store, object, folders);
            if (found != null && !isWhole(store, object, found, entry)) {
                damaged.add(sentence("segment", object, store, found, entry.sizeBytes()));
            }
        }
        for (KeptCheckpoint kept : shelf.kept()) {
            String object = kept.object(layout);
            Long found = sizeOf(store, object, folders);
            if (found != null && !isWhole(store, object, found, kept)) {
                damaged.add(sentence("checkpoint", object, store, found, kept.sizeBytes()));
            }
        }
        return damaged;
    }

    private static String sentence(String kind, String object, RemoteStore store, long found, long expected) {
        return "metadata " + kind + " " + object + " on " + store.name() + " is damaged ("
                + (found == expected ? "other content" : found + " bytes in place of " + expected)
                + "); it is whole here: delete that object, and the next mount puts it again";
    }

    private static @Nullable Long sizeOf(RemoteStore store, String object, Map<String, Map<String, Long>> folders)
            throws PoolException {
        int slash = object.lastIndexOf('/');
        String folder = object.substring(0, slash);
        Map<String, Long> sizes = folders.get(folder);
        if (sizes == null) {
            sizes = new HashMap<>();
            for (RemoteStore.Entry entry : store.list(folder)) {
                sizes.merge(entry.name(), entry.sizeBytes(), Math::max);
            }
            folders.put(folder, sizes);
        }
        return sizes.get(object.substring(slash + 1));
    }

    private static boolean isWhole(RemoteStore store, String object, long found, ChainEntry entry)
            throws PoolException {
        if (found != entry.sizeBytes()) {
            return false;
        }
        try {
            byte[] bytes = RemoteObjects.read(store, object, found, SegmentCodec.MAX_OBJECT_BYTES);
            return Hashes.sha256(bytes).equals(entry.end().sha256());
        } catch (PoolException e) {
            return judge(e);
        }
    }

    private boolean isWhole(RemoteStore store, String object, long found, KeptCheckpoint kept) throws PoolException {
        if (found != kept.sizeBytes()) {
            return false;
        }
        ByteBuffer there = ByteBuffer.allocate(BLOCK_BYTES);
        ByteBuffer here = ByteBuffer.allocate(BLOCK_BYTES);
        try (LocalFile file = files.open(kept.path(), LocalFiles.Mode.READ)) {
            for (long at = 0; at < found; at += BLOCK_BYTES) {
                int length = (int) Math.min(BLOCK_BYTES, found - at);
                store.getRange(object, at, there.clear().limit(length));
                file.read(at, here.clear().limit(length));
                if (!there.flip().equals(here.flip())) {
                    return false;
                }
            }
            return true;
        } catch (PoolException e) {
            return judge(e);
        }
    }

    /** An object that cannot be decrypted is damaged; one that was pruned meanwhile is not; else nothing is known. */
    private static boolean judge(PoolException e) throws PoolException {
        return switch (e.reason()) {
            case CORRUPT -> false;
            case OBJECT_NOT_FOUND, NOT_FOUND -> true;
            default -> throw e;
        };
    }
}
