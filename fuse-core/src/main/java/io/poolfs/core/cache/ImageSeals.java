package io.poolfs.core.cache;

import io.poolfs.core.cache.Image.Content;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The open seals of one image, and what a commit that is under way will make of its base. Every method needs the image's
 * lock held.
 */
final class ImageSeals {
    private final ImageBlocks blocks;
    private final List<BlockSeal> open = new ArrayList<>();

    /** The version that the last sealed content gets when it is committed; 0 when none was sealed. */
    private long version;

    /** The smallest size since that seal. */
    private long limitSince;

    ImageSeals(ImageBlocks blocks) {
        this.blocks = blocks;
    }

    long version() {
        return version;
    }

    long limitSince() {
        return limitSince;
    }

    List<BlockSeal> open() {
        return open;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    boolean isOpen(BlockSeal seal) {
        return open.contains(seal);
    }

    /** As it was, or never was. */
    void reset(long sealVersion, long limitSinceSeal) {
        version = sealVersion;
        limitSince = limitSinceSeal;
    }

    /** A truncate: what a commit brings beyond the size is not part of the content. */
    void lower(long sizeBytes) {
        limitSince = Math.min(limitSince, sizeBytes);
    }

    OptionalLong baseLimit(Content content, long journaledVersion) {
        if (journaledVersion == content.baseVersion()) {
            return OptionalLong.of(content.baseLimit());
        }
        return isVersionOf(content, journaledVersion) ? OptionalLong.of(limitSince) : OptionalLong.empty();
    }

    /** Whether this version is the commit of what was sealed last, and the image does not know of it yet. */
    boolean isVersionOf(Content content, long journaledVersion) {
        return journaledVersion == version && version > content.baseVersion();
    }

    void requireNoVersion(long inode) throws PoolException {
        for (BlockSeal seal : open) {
            if (seal.isVersion()) {
                throw new PoolException(Reason.BUSY, "inode " + inode + " is being committed already");
            }
        }
    }

    /** The seal begins: what it holds is dirty no more. */
    BlockSeal take(BlockSeal seal) {
        blocks.seal(seal.held());
        open.add(seal);
        return seal;
    }

    /** These of its blocks are safe: they are clean from now on. */
    void uploaded(BlockSeal seal, BlockMap which) throws PoolException {
        seal.held().removeAll(which);
        blocks.cleanse(which, null);
        endIfEmpty(seal);
    }

    /** Ends the seal; its blocks become clean, and the header is written. */
    void committed(BlockSeal seal, @Nullable ImageHeader header) throws PoolException {
        BlockMap which = new BlockMap();
        which.addAll(seal.held());
        seal.held().clear(0, seal.held().end());
        blocks.cleanse(which, header);
    }

    void end(BlockSeal seal) {
        open.remove(seal);
    }

    /** Ends the seal; its blocks are dirty again. */
    void failed(BlockSeal seal) {
        if (open.remove(seal)) {
            blocks.unseal(seal.held());
        }
    }

    /** These blocks change: what is sealed of them is dirty from here on. */
    void overtake(long from, long to) {
        if (open.isEmpty()) {
            return;
        }
        BlockMap moved = new BlockMap();
        blocks.sealed.forEachRun(from, to, moved::set);
        blocks.unseal(moved);
        for (BlockSeal seal : List.copyOf(open)) {
            seal.overtaken(from, to);
            endIfEmpty(seal);
        }
    }

    /** What was sealed there and not copied is lost to its seal. */
    void breakUncopied(long from, long to) {
        if (blocks.uncopied.nextSet(from, to) < to) {
            for (BlockSeal seal : open) {
                if (seal.breakIfUncopied(from, to)) {
                    // Nobody will copy the rest.
                    blocks.uncopied.removeAll(seal.held());
                }
            }
        }
    }

    private void endIfEmpty(BlockSeal seal) {
        if (!seal.isVersion() && seal.held().isEmpty()) {
            open.remove(seal);
        }
    }
}
