package io.poolfs.core.sim.engine;

import io.poolfs.core.model.FileType;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an inode should be. Immutable.
 *
 * @param content of a regular file; the target of a symlink; else empty
 * @param wild nothing is known of the content: a change of it failed, and it could not be read since
 */
record Node(
        FileType type,
        int permissions,
        byte[] content,
        boolean wild,
        @Nullable Long modifyNanos,
        NavigableMap<String, String> xattrs,
        NavigableMap<String, Long> children) {
    static Node made(FileType type, int permissions, byte[] content) {
        return new Node(type, permissions, content, false, null, new TreeMap<>(), new TreeMap<>());
    }

    Node withContent(byte[] changed) {
        return new Node(type, permissions, changed, wild, null, xattrs, children);
    }

    Node withWild(boolean isWild) {
        return new Node(type, permissions, content, isWild, modifyNanos, xattrs, children);
    }

    Node withPermissions(int changed) {
        return new Node(type, changed, content, wild, modifyNanos, xattrs, children);
    }

    Node withTime(long nanos) {
        return new Node(type, permissions, content, wild, nanos, xattrs, children);
    }

    Node withXattr(String name, @Nullable String value) {
        NavigableMap<String, String> changed = new TreeMap<>(xattrs);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return new Node(type, permissions, content, wild, modifyNanos, changed, children);
    }

    Node withChild(String name, @Nullable Long number) {
        NavigableMap<String, Long> changed = new TreeMap<>(children);
        if (number == null) {
            changed.remove(name);
        } else {
            changed.put(name, number);
        }
        return new Node(type, permissions, content, wild, modifyNanos, xattrs, changed);
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    boolean isRegular() {
        return type == FileType.REGULAR;
    }
}
