package io.poolfs.core.cache;

import io.poolfs.core.cache.Image.Content;
import io.poolfs.core.model.Inode;
import org.jspecify.annotations.Nullable;

/** How one state of a content follows from another. Pure. */
final class ContentSteps {
    private ContentSteps() {}

    /** What is committed, and nothing newer. */
    static Content committed(Inode inode, long generation) {
        return new Content(
                inode.version(),
                inode.sizeBytes(),
                inode.sizeBytes(),
                inode.modifyNanos(),
                inode.changeNanos(),
                null,
                false,
                false,
                generation);
    }

    static Content restored(ImageHeader header, boolean modified, long generation) {
        return new Content(
                header.baseVersion(),
                header.sizeBytes(),
                header.baseLimit(),
                header.modifyNanos(),
                header.changeNanos(),
                header.accessNanos(),
                modified,
                false,
                generation);
    }

    /** A change: a smaller size lowers the base limit for good. */
    static Content changed(Content now, long sizeBytes, long modifyNanos, long changeNanos) {
        return new Content(
                now.baseVersion(),
                sizeBytes,
                Math.min(now.baseLimit(), sizeBytes),
                modifyNanos,
                changeNanos,
                now.accessNanos(),
                true,
                now.truncatedWhileOpen(),
                now.generation() + 1);
    }

    /** The same content over another committed version. */
    static Content rebased(
            Content now, long baseVersion, long baseLimit, @Nullable Long accessNanos, boolean modified) {
        return new Content(
                baseVersion,
                now.sizeBytes(),
                baseLimit,
                now.modifyNanos(),
                now.changeNanos(),
                accessNanos,
                modified,
                now.truncatedWhileOpen() && modified,
                now.generation());
    }

    static Content withAccess(Content now, long accessNanos) {
        return new Content(
                now.baseVersion(),
                now.sizeBytes(),
                now.baseLimit(),
                now.modifyNanos(),
                now.changeNanos(),
                accessNanos,
                now.modified(),
                now.truncatedWhileOpen(),
                now.generation());
    }

    static Content withTruncated(Content now, boolean truncatedWhileOpen) {
        return new Content(
                now.baseVersion(),
                now.sizeBytes(),
                now.baseLimit(),
                now.modifyNanos(),
                now.changeNanos(),
                now.accessNanos(),
                now.modified(),
                truncatedWhileOpen,
                now.generation());
    }
}
