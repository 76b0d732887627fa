package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client's tree against what the file system shows. */
final class Comparison {
    private static final int READ_BYTES = 48 * 1024;

    private final PoolFileSystem fs;
    private final Tree tree;

    Comparison(PoolFileSystem fs, Tree tree) {
        this.fs = fs;
        this.tree = tree;
    }

    /** How names and attributes differ from the tree; empty when they do not. */
    String objection() throws PoolException {
        return objection(null);
    }

    /**
     * How the file system differs from the tree; empty when it does not.
     *
     * @param read with the contents that were read, wild where they cannot be; null: without contents
     */
    String objection(@Nullable Tree read) throws PoolException {
        try {
            entries(tree.root());
            for (Tree.Place place : tree.places()) {
                long number = tree.at(place);
                if (number == Tree.NEW) {
                    number =
                            fs.lookup(place.parent(), FileName.of(place.name())).number();
                }
                String path = tree.path(place);
                attributes(number, path);
                if (tree.has(number) && tree.get(number).isDirectory()) {
                    entries(number);
                }
                if (read != null
                        && tree.has(number)
                        && read.has(number)
                        && tree.get(number).isRegular()) {
                    content(number, path, read.get(number));
                }
            }
            return "";
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage());
        }
    }

    void entries(long directory) throws PoolException {
        NavigableMap<String, Long> found = list(fs, directory);
        NavigableMap<String, Long> expected = new TreeMap<>(tree.get(directory).children());
        for (var each : expected.entrySet()) {
            if (each.getValue() == Tree.NEW && found.containsKey(each.getKey())) {
                each.setValue(found.get(each.getKey()));
            }
        }
        if (!found.equals(expected)) {
            throw new AssertionError("directory " + directory + " has " + found + ", not " + expected);
        }
    }

    void attributes(long number, String path) throws PoolException {
        Inode inode = fs.attributes(number);
        Node node = tree.has(number) ? tree.get(number) : tree.get(Tree.NEW);
        long known = tree.has(number) ? number : Tree.NEW;
        require(FileType.ofMode(inode.mode()) == node.type(), path, "type", node.type(), inode.mode());
        require((inode.mode() & 07777) == node.permissions(), path, "permissions", node.permissions(), inode.mode());
        if (!node.isDirectory()) {
            require(inode.links() == tree.links(known), path, "links", tree.links(known), inode.links());
        }
        if (node.isRegular() && !node.wild()) {
            require(inode.sizeBytes() == node.content().length, path, "size", node.content().length, inode.sizeBytes());
        }
        Long time = node.modifyNanos();
        if (time != null && !node.wild()) {
            require(inode.modifyNanos() == time, path, "mtime", time, inode.modifyNanos());
        }
        if (node.type() == FileType.SYMLINK) {
            require(Arrays.equals(fs.readLink(number), node.content()), path, "target", "", "");
        }
        NavigableMap<String, String> xattrs = xattrs(fs, number);
        require(xattrs.equals(node.xattrs()), path, "xattrs", node.xattrs(), xattrs);
    }

    void content(long number, String path) throws PoolException {
        Node node = tree.get(number);
        byte[] found = read(fs, number);
        if (!node.wild() && !Arrays.equals(found, node.content())) {
            throw new AssertionError(path + " (inode " + number + ") has " + found.length + " bytes, expected "
                    + node.content().length + ", wrong from " + Arrays.mismatch(found, node.content()));
        }
    }

    private void content(long number, String path, Node read) {
        Node node = tree.get(number);
        if (!node.wild() && !read.wild() && !Arrays.equals(read.content(), node.content())) {
            throw new AssertionError(path + " (inode " + number + ") has " + read.content().length
                    + " bytes, expected " + node.content().length + ", wrong from "
                    + Arrays.mismatch(read.content(), node.content()));
        }
    }

    private static void require(boolean holds, String path, String what, Object expected, Object found) {
        if (!holds) {
            throw new AssertionError(path + ": " + what + " is " + found + ", expected " + expected);
        }
    }

    static void requireMix(byte[] now, byte[] before, byte[] after, String what) {
        boolean size = now.length >= Math.min(before.length, after.length)
                && now.length <= Math.max(before.length, after.length);
        for (int i = 0; i < now.length; i++) {
            byte old = i < before.length ? before[i] : 0;
            byte wanted = i < after.length ? after[i] : 0;
            if (!size || (now[i] != old && now[i] != wanted)) {
                throw new AssertionError(what + " is neither what was nor what was wanted: " + now.length
                        + " bytes, before " + before.length + ", wanted " + after.length + ", byte " + i + " is "
                        + now[i] + ", was " + old + ", wanted " + wanted);
            }
        }
    }

    static NavigableMap<String, Long> list(PoolFileSystem fs, long directory) throws PoolException {
        NavigableMap<String, Long> found = new TreeMap<>();
        long handle = fs.openDirectory(directory);
        try {
            fs.readDirectory(handle, 0, entry -> {
                String name = entry.name().toString();
                if (!name.equals(".") && !name.equals("..")) {
                    found.put(name, entry.inode());
                }
                return true;
            });
        } finally {
            fs.releaseDirectory(handle);
        }
        return found;
    }

    static NavigableMap<String, String> xattrs(PoolFileSystem fs, long number) throws PoolException {
        NavigableMap<String, String> found = new TreeMap<>();
        for (byte[] name : fs.listXattrs(number)) {
            found.put(
                    new String(name, StandardCharsets.UTF_8),
                    new String(fs.getXattr(number, name), StandardCharsets.UTF_8));
        }
        return found;
    }

    static byte[] read(PoolFileSystem fs, long number) throws PoolException {
        PoolFileSystem.Opened opened = fs.open(null, number, false, false);
        try {
            byte[] content = new byte[Math.toIntExact(opened.inode().sizeBytes())];
            int done = 0;
            while (done < content.length) {
                ByteBuffer part = ByteBuffer.wrap(content, done, Math.min(READ_BYTES, content.length - done));
                int count = fs.read(opened.handle(), done, part);
                if (count <= 0) {
                    throw new AssertionError("inode " + number + " of " + content.length + " bytes ends at " + done);
                }
                done += count;
            }
            return content;
        } finally {
            fs.release(opened.handle());
        }
    }

    /** Null when it cannot be read now. */
    static byte @Nullable [] tryToRead(PoolFileSystem fs, long number) {
        try {
            return read(fs, number);
        } catch (PoolException e) {
            return null;
        }
    }

    /** Tells whether reading is worth another try, after a while. */
    @FunctionalInterface
    interface Patience {
        boolean again(long inode, PoolException e) throws PoolException;
    }

    /** The part of the file system below a directory, contents and all. */
    static Tree readTree(PoolFileSystem fs, long root, Patience patience) throws PoolException {
        Tree tree = Tree.of(root, node(fs, root, patience));
        readBelow(fs, tree, root, patience);
        return tree;
    }

    private static void readBelow(PoolFileSystem fs, Tree tree, long directory, Patience patience)
            throws PoolException {
        for (long child : tree.get(directory).children().values()) {
            if (!tree.has(child)) {
                tree.put(child, node(fs, child, patience));
                if (tree.get(child).isDirectory()) {
                    readBelow(fs, tree, child, patience);
                }
            }
        }
    }

    private static byte @Nullable [] read(PoolFileSystem fs, long number, Patience patience) throws PoolException {
        while (true) {
            try {
                return read(fs, number);
            } catch (PoolException e) {
                if (!patience.again(number, e)) {
                    return null;
                }
            }
        }
    }

    private static Node node(PoolFileSystem fs, long number, Patience patience) throws PoolException {
        Inode inode = fs.attributes(number);
        FileType type = FileType.ofMode(inode.mode());
        byte[] content = new byte[0];
        boolean wild = false;
        if (type == FileType.REGULAR) {
            byte[] read = read(fs, number, patience);
            wild = read == null;
            content = read == null ? new byte[(int) inode.sizeBytes()] : read;
        } else if (type == FileType.SYMLINK) {
            content = fs.readLink(number);
        }
        NavigableMap<String, Long> children = type == FileType.DIRECTORY ? list(fs, number) : new TreeMap<>();
        return new Node(type, inode.mode() & 07777, content, wild, null, xattrs(fs, number), children);
    }
}
