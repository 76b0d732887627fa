package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteStore;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Small objects on their way to members: written to {@code state_dir/epochs} and synced before their first put, so that
 * the same name has the same bytes whoever puts it again. Usable from any thread.
 */
final class Outbox {
    private final LocalFiles files;
    private final Path directory;

    Outbox(LocalFiles files, Path directory) throws PoolException {
        this.files = files;
        this.directory = directory;
        files.createPrivateDirectory(directory);
        // A killed process may have made names that are not yet on the disk.
        files.syncDirectory(directory);
    }

    Path path(String object) {
        return directory.resolve(object.substring(object.lastIndexOf('/') + 1));
    }

    /** Writes the file for an object of that name; what is already there stays as it is. One thread at a time. */
    Path write(String object, byte[] bytes) throws PoolException {
        Path path = path(object);
        if (!files.exists(path)) {
            files.writeAtomically(path, bytes);
        }
        return path;
    }

    /** Puts what {@link #write} left, unless the member has it already. */
    void put(RemoteStore store, String object, Path source) throws PoolException {
        long sizeBytes = files.sizeBytes(source);
        OptionalLong found = store.size(object);
        if (found.isEmpty() || found.getAsLong() != sizeBytes) {
            store.put(object, source, sizeBytes);
        }
    }

    /** The highest epoch that this state directory has ever tried to claim. */
    long highestEpoch() throws PoolException {
        long highest = 0;
        for (String name : files.list(directory)) {
            NumberedName claim = NumberedName.parse(name);
            if (claim != null) {
                highest = Math.max(highest, claim.number());
            }
        }
        return highest;
    }

    /** Deletes what belongs to epochs below this one. */
    void pruneBelow(long epoch) throws PoolException {
        for (String name : files.list(directory)) {
            NumberedName notice = NumberedName.parse(Layout.stemOf(name));
            long marker = NumberedName.number(name);
            long number = notice != null ? notice.number() : marker;
            if (number > 0 && number < epoch) {
                files.delete(directory.resolve(name));
            }
        }
    }
}
