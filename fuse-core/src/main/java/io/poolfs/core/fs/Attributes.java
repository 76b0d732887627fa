package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import org.jspecify.annotations.Nullable;

/** The user's view of inodes: what the journal knows, overlaid with content that is not committed yet. */
final class Attributes {
    private final Metadata metadata;
    private final Images images;

    Attributes(Metadata metadata, Images images) {
        this.metadata = metadata;
        this.images = images;
    }

    Inode of(long number) throws PoolException {
        // The image is looked at first: a commit in between makes the inode newer, never older, than what was overlaid.
        Image.@Nullable Content content = pending(number);
        return overlay(metadata.read(reader -> reader.requireInode(number)), content);
    }

    Inode lookup(long parent, FileName name) throws PoolException {
        Inode committed = metadata.read(reader -> requireEntry(reader, parent, name));
        Image.@Nullable Content content = pending(committed.number());
        // Without pending content it may have been committed since the entry was read.
        return committed.isRegular() && content == null && images.peek(committed.number()) != null
                ? of(committed.number())
                : overlay(committed, content);
    }

    private static Inode requireEntry(MetadataReader reader, long parent, FileName name) throws PoolException {
        Dentry entry = reader.entry(parent, name);
        if (entry == null) {
            Inode directory = reader.inode(parent);
            if (directory == null) {
                throw new PoolException(Reason.STALE, "directory " + parent + " does not exist any more");
            }
            if (!directory.isDirectory()) {
                throw new PoolException(Reason.NOT_DIRECTORY, "inode " + parent + " is not a directory");
            }
            throw PoolException.ordinary(Reason.NOT_FOUND, "no \"" + name + "\" in directory " + parent);
        }
        return reader.requireInode(entry.inode());
    }

    private Image.@Nullable Content pending(long number) {
        Image image = images.peek(number);
        if (image == null) {
            return null;
        }
        Image.Content content = image.content();
        return content.modified() ? content : null;
    }

    static Inode overlay(Inode inode, Image.@Nullable Content content) {
        if (content == null || !inode.isRegular()) {
            return inode;
        }
        return new Inode(
                inode.number(),
                inode.mode(),
                inode.owner(),
                inode.group(),
                inode.links(),
                content.sizeBytes(),
                inode.device(),
                inode.version(),
                content.accessNanos() != null ? content.accessNanos() : inode.accessNanos(),
                content.modifyNanos(),
                Math.max(content.changeNanos(), inode.changeNanos()),
                inode.birthNanos(),
                inode.target());
    }
}
