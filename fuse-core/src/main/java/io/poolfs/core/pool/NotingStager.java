package io.poolfs.core.pool;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.LocalJournal;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stager that remembers in the local journal which files were closed with content that is not committed. When a power
 * loss takes the stage, the next mount can name the files whose older content is all that is left. (A file that never
 * had committed content needs no note: its inode says so.)
 */
final class NotingStager implements Stager {
    private static final Logger LOG = LoggerFactory.getLogger(NotingStager.class);

    private final Stager stager;
    private final Images images;
    private final Metadata metadata;
    private final LocalJournal journal;
    private final LongPredicate commitUnderWay;

    /** @param commitUnderWay whether a version of the inode is sealed and not settled; asked under the image's lock */
    NotingStager(Stager stager, Images images, Metadata metadata, LocalJournal journal, LongPredicate commitUnderWay) {
        this.stager = stager;
        this.images = images;
        this.metadata = metadata;
        this.journal = journal;
        this.commitUnderWay = commitUnderWay;
    }

    @Override
    public void closed(long inode) {
        Image image = images.peek(inode);
        if (image != null) {
            long lastVersion;
            boolean modified;
            try (Monitor.Hold lock = image.lock()) {
                modified = image.content().modified();
                // What is being committed was sealed before: its version does not include what was closed now.
                lastVersion = image.content().baseVersion() + (commitUnderWay.test(inode) ? 1 : 0);
            }
            if (modified && lastVersion > 0) {
                note(inode, lastVersion);
            }
        }
        stager.closed(inode);
    }

    /** The content is committed with the first version behind that one. */
    private void note(long inode, long lastVersion) {
        try {
            journal.note(
                    inode, ByteBuffer.allocate(Long.BYTES).putLong(lastVersion).array());
        } catch (PoolException e) {
            LOG.warn("no note that inode {} was closed: {}", inode, e.getMessage());
        }
    }

    /** Forgets the notes of what has been committed since. */
    void tidy() throws PoolException {
        for (Map.Entry<Long, byte[]> note : journal.notes().entrySet()) {
            Image image = images.peek(note.getKey());
            boolean staged = image != null && image.content().modified();
            if (!staged || !isStill(note.getKey(), note.getValue())) {
                journal.dropNote(note.getKey());
            }
        }
    }

    /** Inodes that were closed with content which is neither committed nor among the staged. Forgets all notes. */
    List<Long> lost(Set<Long> staged) throws PoolException {
        List<Long> lost = new ArrayList<>();
        for (Map.Entry<Long, byte[]> note : journal.notes().entrySet()) {
            if (!staged.contains(note.getKey())) {
                if (isStill(note.getKey(), note.getValue())) {
                    lost.add(note.getKey());
                }
                journal.dropNote(note.getKey());
            }
        }
        return lost;
    }

    private boolean isStill(long inode, byte[] note) throws PoolException {
        if (note.length != Long.BYTES) {
            return false;
        }
        Optional<Inode> now = metadata.read(reader -> Optional.ofNullable(reader.inode(inode)));
        return now.isPresent() && now.get().version() <= ByteBuffer.wrap(note).getLong();
    }

    @Override
    public void modified(Image image) {
        stager.modified(image);
    }

    @Override
    public void closedEmpty(long inode) {
        stager.closedEmpty(inode);
    }

    @Override
    public long commit(long inode, long deadlineNanos) throws PoolException {
        return stager.commit(inode, deadlineNanos);
    }

    @Override
    public void commitAll(long deadlineNanos) throws PoolException {
        stager.commitAll(deadlineNanos);
    }

    @Override
    public void forget(long inode) {
        stager.forget(inode);
    }

    @Override
    public Status status() {
        return stager.status();
    }

    @Override
    public void close() {
        stager.close();
    }
}
