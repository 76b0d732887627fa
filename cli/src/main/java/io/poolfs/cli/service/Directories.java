package io.poolfs.cli.service;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Listings and walks over directories. */
final class Directories {
    private static final int PAGE_ENTRIES = 1000;

    private final PoolFileSystem fs;

    Directories(PoolFileSystem fs) {
        this.fs = fs;
    }

    Answers.Page page(long directory, long from) throws PoolException {
        List<PoolFileSystem.Entry> entries = entries(directory, from, PAGE_ENTRIES);
        List<FileInfo> infos = new ArrayList<>();
        for (PoolFileSystem.Entry entry : entries) {
            try {
                infos.add(FileInfo.of(entry.name(), fs.attributes(entry.inode())));
            } catch (PoolException e) {
                if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.STALE) {
                    throw e;
                }
                // deleted since it was listed: not there any more
            }
        }
        long next = entries.size() < PAGE_ENTRIES
                ? 0
                : entries.get(entries.size() - 1).cookie();
        return new Answers.Page(infos, next);
    }

    /** Deletes the directory with everything in it, deepest first. Returns how many entries went. */
    long deleteTree(long parent, FileName name, long directory, Progress.Listener listener) throws PoolException {
        long deleted = 0;
        for (List<PoolFileSystem.Entry> some = entries(directory, 0, PAGE_ENTRIES);
                !some.isEmpty();
                some = entries(directory, 0, PAGE_ENTRIES)) {
            for (PoolFileSystem.Entry entry : some) {
                if (isDirectory(entry)) {
                    deleted += deleteTree(directory, entry.name(), entry.inode(), listener);
                } else {
                    fs.unlink(null, directory, entry.name());
                    deleted++;
                }
            }
            listener.update(new Progress("deleting", deleted, -1, "files", null));
        }
        fs.removeDirectory(null, parent, name);
        return deleted + 1;
    }

    /** Takes a regular file that a walk met. */
    @FunctionalInterface
    interface FileVisitor {
        void visit(PoolPath path, Inode file) throws PoolException;
    }

    /** Visits the file, or every regular file below the directory; one with several names once. */
    void walk(PoolPath path, Inode top, FileVisitor visitor) throws PoolException {
        walk(path, top, new HashSet<>(), visitor);
    }

    private void walk(PoolPath path, Inode inode, Set<Long> linked, FileVisitor visitor) throws PoolException {
        if (inode.isRegular() && (inode.links() < 2 || linked.add(inode.number()))) {
            visitor.visit(path, inode);
        }
        if (!inode.isDirectory()) {
            return;
        }
        for (PoolFileSystem.Entry entry : entries(inode.number(), 0, Integer.MAX_VALUE)) {
            try {
                walk(path.child(entry.name()), fs.attributes(entry.inode()), linked, visitor);
            } catch (PoolException e) {
                if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.STALE) {
                    throw e;
                }
                // deleted since it was listed: not there any more
            }
        }
    }

    /** Hard links count once. */
    Answers.TreeUsage usage(PoolPath path, Inode top, Metadata metadata) throws PoolException {
        long files = 0;
        long directories = 0;
        long others = 0;
        long size = 0;
        long stored = 0;
        Set<Long> linked = new HashSet<>();
        Deque<Inode> todo = new ArrayDeque<>(List.of(top));
        while (!todo.isEmpty()) {
            Inode inode = todo.removeLast();
            if (inode.isDirectory()) {
                directories++;
                for (PoolFileSystem.Entry entry : entries(inode.number(), 0, Integer.MAX_VALUE)) {
                    todo.add(fs.attributes(entry.inode()));
                }
            } else if (inode.isRegular()) {
                if (inode.links() < 2 || linked.add(inode.number())) {
                    files++;
                    size += inode.sizeBytes();
                    stored += storedBytes(metadata, inode.number());
                }
            } else {
                others++;
            }
        }
        return new Answers.TreeUsage(path, files, directories, others, size, stored);
    }

    private static long storedBytes(Metadata metadata, long inode) throws PoolException {
        List<Extent> extents = metadata.read(reader -> reader.extents(inode, 0, Long.MAX_VALUE));
        return extents.stream().mapToLong(Extent::lengthBytes).sum();
    }

    private List<PoolFileSystem.Entry> entries(long directory, long from, int most) throws PoolException {
        List<PoolFileSystem.Entry> entries = new ArrayList<>();
        long handle = fs.openDirectory(directory);
        try {
            long[] cookie = {from};
            boolean[] more = {true};
            while (more[0] && entries.size() < most) {
                more[0] = false;
                fs.readDirectory(handle, cookie[0], entry -> {
                    if (entries.size() >= most) {
                        return false;
                    }
                    more[0] = true;
                    cookie[0] = entry.cookie();
                    if (!isDots(entry)) {
                        entries.add(entry);
                    }
                    return true;
                });
            }
        } finally {
            fs.releaseDirectory(handle);
        }
        return entries;
    }

    private static boolean isDots(PoolFileSystem.Entry entry) {
        String name = entry.name().toString();
        return name.equals(".") || name.equals("..");
    }

    private static boolean isDirectory(PoolFileSystem.Entry entry) {
        return (entry.typeBits() & 0xf000) == 0x4000;
    }
}
