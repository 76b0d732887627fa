package io.poolfs.core.meta;

import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Inodes, names, links, orphans, counters: the part of the check that makes a tree of them. */
final class TreeCheck {
    /** What the check remembers of an inode. */
    static final class Node {
        final InodeRecord record;
        int names;
        int subdirectories;
        long entries;
        boolean orphan;
        boolean reached;

        Node(InodeRecord record) {
            this.record = record;
        }
    }

    private final SnapshotReader reader;
    private final MetadataCheck check;
    private final Map<Long, Node> inodes = new HashMap<>();

    TreeCheck(SnapshotReader reader, MetadataCheck check) {
        this.reader = reader;
        this.check = check;
    }

    Map<Long, Node> inodes() {
        return inodes;
    }

    void run() throws PoolException {
        reader.scan(Keys.INODE, (key, value) -> {
            long number = Keys.numberAt(key, 1);
            inodes.put(number, new Node(InodeRecord.decode(number, value)));
            return true;
        });
        counters();
        reader.allEntries(entry -> {
            entry(entry.parent(), entry.dentry());
            return true;
        });
        orphans();
        for (Node node : inodes.values()) {
            if (node.record.isDirectory()) {
                directory(node);
            } else {
                file(node);
            }
        }
        furtherNames();
        for (Node node : inodes.values()) {
            reach(node);
        }
        reader.xattrs(xattr -> {
            check.require(
                    inodes.containsKey(xattr.inode()), "inode %d does not exist but has an attribute", xattr.inode());
            return true;
        });
    }

    private void counters() throws PoolException {
        Counters counters = reader.counters();
        check.require(
                counters.inodes() == inodes.size(),
                "%d inodes are counted, %d exist",
                counters.inodes(),
                inodes.size());
        long highest = inodes.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        check.require(
                counters.nextInode() > highest,
                "the next inode is %d, but inode %d exists",
                counters.nextInode(),
                highest);
        Node root = inodes.get(Inode.ROOT);
        check.require(
                root != null && root.record.isDirectory() && root.record.links >= 2,
                "the root is not there or no directory");
    }

    private void entry(long parent, Dentry dentry) throws PoolException {
        Op.Place at = new Op.Place(parent, dentry.name());
        Node directory = inodes.get(parent);
        Node node = inodes.get(dentry.inode());
        boolean inDirectory = directory != null && directory.record.isDirectory() && directory.record.links > 0;
        check.require(inDirectory, "\"%s\" stands in %d, which is no directory", dentry.name(), parent);
        check.require(
                node != null,
                "\"%s\" in directory %d names inode %d, which does not exist",
                dentry.name(),
                parent,
                dentry.inode());
        if (directory != null) {
            directory.entries++;
        }
        if (node == null) {
            return;
        }
        node.names++;
        if (node.record.isDirectory() && directory != null) {
            directory.subdirectories++;
        }
        check.require(
                dentry.typeBits() == (node.record.mode & FileType.MASK),
                "\"%s\" in directory %d has type bits 0%o, inode %d has mode 0%o",
                dentry.name(),
                parent,
                dentry.typeBits(),
                dentry.inode(),
                node.record.mode);
        check.require(
                at.equals(node.record.place) || reader.get(Keys.link(dentry.inode(), at)) != null,
                "inode %d does not know its name \"%s\" in directory %d",
                dentry.inode(),
                dentry.name(),
                parent);
    }

    private void directory(Node node) {
        InodeRecord record = node.record;
        check.require(
                node.entries == record.entries,
                "directory %d says it has %d entries and has %d",
                record.number,
                record.entries,
                node.entries);
        int names = record.number == Inode.ROOT || record.links == 0 ? 0 : 1;
        check.require(node.names == names, "directory %d has %d names", record.number, node.names);
        check.require(
                record.links == 0 || record.links == 2 + node.subdirectories,
                "directory %d has %d links and %d subdirectories",
                record.number,
                record.links,
                node.subdirectories);
        check.require(
                (record.place != null) == (names == 1),
                "directory %d has a wrong place: %s",
                record.number,
                record.place);
    }

    private void file(Node node) {
        InodeRecord record = node.record;
        check.require(
                node.names == record.links,
                "inode %d has %d links and %d names",
                record.number,
                record.links,
                node.names);
        check.require((record.place != null) == (record.links > 0), "inode %d has a wrong place", record.number);
        check.require(
                record.isSymlink() == (record.target != null), "inode %d and its target do not fit", record.number);
        check.require(record.entries == 0, "inode %d is no directory and has entries", record.number);
    }

    /** The second and further names; that each entry is known to its inode has been seen already. */
    private void furtherNames() throws PoolException {
        Map<Long, Integer> further = new HashMap<>();
        reader.scan(Keys.LINK, (key, value) -> {
            long inode = Keys.numberAt(key, 1);
            Op.Place at = Records.placeInKey(key, 9);
            Dentry dentry = reader.entry(at.parent(), at.name());
            check.require(
                    dentry != null && dentry.inode() == inode,
                    "inode %d is said to be \"%s\" in directory %d",
                    inode,
                    at.name(),
                    at.parent());
            further.merge(inode, 1, Integer::sum);
            return true;
        });
        further.forEach((inode, count) -> {
            Node node = inodes.get(inode);
            check.require(node != null && node.names == count + 1, "inode %d has %d further names", inode, count);
        });
    }

    private void orphans() throws PoolException {
        reader.orphans(orphan -> {
            Node node = inodes.get(orphan.inode());
            check.require(
                    node != null && node.record.links == 0, "orphan %d does not exist or has names", orphan.inode());
            check.require(
                    orphan.transaction() <= reader.lastTransaction(),
                    "orphan %d is of transaction %d, which has not been",
                    orphan.inode(),
                    orphan.transaction());
            if (node != null) {
                node.orphan = true;
            }
            return true;
        });
        for (Node node : inodes.values()) {
            check.require(
                    node.orphan == (node.record.links == 0),
                    "inode %d has %d links and %s orphan record",
                    node.record.number,
                    node.record.links,
                    node.orphan ? "an" : "no");
        }
        reader.scan(Keys.ORPHAN_AT, (key, value) -> {
            Op.Place at = Records.placeInKey(key, 1);
            long inode = Records.number("orphan of a place", value);
            MetadataReader.Orphan orphan = reader.orphan(inode);
            check.require(
                    orphan != null && orphan.lastPlace().equals(at),
                    "inode %d is said to be the orphan of \"%s\" in directory %d",
                    inode,
                    at.name(),
                    at.parent());
            return true;
        });
    }

    /** Every directory with a name leads to the root. */
    private void reach(Node from) {
        Set<Long> climbed = new HashSet<>();
        Node at = from;
        while (at != null && !at.reached && at.record.links > 0 && at.record.number != Inode.ROOT) {
            if (!climbed.add(at.record.number)) {
                check.require(false, "directory %d is inside itself", at.record.number);
                return;
            }
            at = at.record.place == null ? null : inodes.get(at.record.place.parent());
        }
        check.require(
                at == null || at.record.links > 0 || at == from,
                "inode %d is below directory %d, which has no name",
                from.record.number,
                at == null ? 0 : at.record.number);
        for (long number : climbed) {
            Node node = inodes.get(number);
            if (node != null) {
                node.reached = true;
            }
        }
    }
}
