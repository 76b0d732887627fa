package io.poolfs.core.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files of all images below {@code cache_dir/images}: where they are, and which are open. At most so many pairs stay
 * open; the one that was not used for longest is closed first. Usable from any thread.
 *
 * <p>An image is two files: {@code xx/<inode hex>} with its bytes and {@code xx/<inode hex>.map}, the sidecar; xx are
 * the last two digits. The sidecar decides: bytes without one were never acknowledged.
 */
final class ImageFiles {
    static final String MAP_SUFFIX = ".map";
    static final String ASIDE_SUFFIX = ".orphan";

    static final int FOLDERS = 256;

    private static final Pattern INODE = Pattern.compile("[0-9a-f]{1,16}");

    private final LocalFiles files;
    private final Path root;
    private final int maxOpen;
    private final Set<Integer> madeFolders = ConcurrentHashMap.newKeySet();

    private final Object openLock = new Object();

    /** Open pairs, the longest unused about first. */
    @GuardedBy("openLock")
    private final LinkedHashSet<FilePair> open = new LinkedHashSet<>();

    ImageFiles(LocalFiles files, Path root, int maxOpen) {
        this.files = files;
        this.root = root;
        this.maxOpen = maxOpen;
    }

    /** Makes both files, empty, for an image that has none; in use once for the caller. */
    FilePair create(long inode) throws PoolException {
        int folder = folderOf(inode);
        if (!madeFolders.contains(folder)) {
            files.createPrivateDirectory(folder(folder));
            madeFolders.add(folder);
        }
        try {
            return open(inode, LocalFiles.Mode.CREATE_NEW);
        } catch (PoolException e) {
            if (e.reason() != Reason.EXISTS) {
                throw e;
            }
            // What a failed delete left must not show through the holes of the new image.
            delete(inode);
            return open(inode, LocalFiles.Mode.CREATE_NEW);
        }
    }

    /** Opens both files; in use once for the caller. NOT_FOUND when one is missing. */
    FilePair open(long inode) throws PoolException {
        return open(inode, LocalFiles.Mode.READ_WRITE);
    }

    private FilePair open(long inode, LocalFiles.Mode mode) throws PoolException {
        LocalFile data = files.open(data(inode), mode);
        FilePair pair = null;
        try {
            pair = new FilePair(data, files.open(map(inode), mode));
        } finally {
            if (pair == null) {
                data.close();
            }
        }
        if (!pair.tryUse()) {
            throw new IllegalStateException("a new pair of files is closed");
        }
        keep(pair);
        return pair;
    }

    /** The pair is not needed any more: closed when nobody uses it. */
    void retire(FilePair pair) {
        boolean was;
        synchronized (openLock) {
            was = open.remove(pair);
        }
        if (was) {
            pair.done();
        }
    }

    void retireAll() {
        List<FilePair> all;
        synchronized (openLock) {
            all = new ArrayList<>(open);
        }
        all.forEach(this::retire);
    }

    /** Deletes both; the sidecar first, so that no bytes are ever left with a sidecar that is not theirs. */
    void delete(long inode) throws PoolException {
        files.delete(map(inode));
        files.delete(data(inode));
    }

    /** Moves both out of the way, for a person to look at. Returns where the bytes are. */
    Path setAside(long inode) throws PoolException {
        Path data = data(inode);
        Path aside = free(data, ASIDE_SUFFIX);
        if (files.exists(data)) {
            files.rename(data, aside);
        }
        if (files.exists(map(inode))) {
            files.rename(map(inode), aside.resolveSibling(aside.getFileName() + MAP_SUFFIX));
        }
        return aside;
    }

    private Path free(Path path, String suffix) throws PoolException {
        Path candidate = path.resolveSibling(path.getFileName() + suffix);
        for (int i = 1; files.exists(candidate); i++) {
            candidate = path.resolveSibling(path.getFileName() + suffix + i);
        }
        return candidate;
    }

    /** Inodes in this folder that have at least one of the two files. */
    List<Long> list(int folder) throws PoolException {
        List<Long> found = new ArrayList<>();
        for (String name : files.list(folder(folder))) {
            String hex = name.endsWith(MAP_SUFFIX) ? name.substring(0, name.length() - MAP_SUFFIX.length()) : name;
            if (INODE.matcher(hex).matches()) {
                long inode = Long.parseUnsignedLong(hex, 16);
                if (found.isEmpty() || found.get(found.size() - 1) != inode) {
                    found.add(inode);
                }
            }
        }
        return found;
    }

    boolean hasMap(long inode) throws PoolException {
        return files.exists(map(inode));
    }

    boolean hasData(long inode) throws PoolException {
        return files.exists(data(inode));
    }

    void syncFolder(long inode) throws PoolException {
        files.syncDirectory(folder(folderOf(inode)));
    }

    Path data(long inode) {
        return folder(folderOf(inode)).resolve(Long.toHexString(inode));
    }

    private Path map(long inode) {
        return folder(folderOf(inode)).resolve(Long.toHexString(inode) + MAP_SUFFIX);
    }

    private Path folder(int number) {
        return root.resolve(String.format("%02x", number));
    }

    static int folderOf(long inode) {
        return (int) inode & (FOLDERS - 1);
    }

    private void keep(FilePair pair) {
        FilePair surplus = null;
        synchronized (openLock) {
            open.add(pair);
            while (open.size() > maxOpen && surplus == null) {
                FilePair eldest = open.iterator().next();
                open.remove(eldest);
                if (eldest.takeRecent() && eldest != pair) {
                    open.add(eldest);
                } else {
                    surplus = eldest;
                }
            }
        }
        if (surplus != null) {
            surplus.done();
        }
    }
}
