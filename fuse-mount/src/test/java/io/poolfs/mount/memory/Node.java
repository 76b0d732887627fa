package io.poolfs.mount.memory;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** An inode. Its fields belong to the file system's lock; content is behind {@link #contentLock}. */
final class Node {
    record Child(FileName name, Node node, long cookie) {}

    final long number;
    final Object contentLock = new Object();
    final Content content;
    final Map<FileName, Child> children = new HashMap<>();
    /** By cookie, in the order in which they were made: an iteration that is stable under removal. */
    final ConcurrentSkipListMap<Long, Child> order = new ConcurrentSkipListMap<>();

    final Map<String, byte[]> xattrs = new LinkedHashMap<>();
    byte @Nullable [] target;
    int mode;
    int owner;
    int group;
    int links;
    int opened;
    long device;
    /** Guarded by the content lock as well; volatile so that attributes can be told without it. */
    volatile long sizeBytes;

    volatile long modifyNanos;
    volatile long changeNanos;
    long accessNanos;
    final long birthNanos;
    /** Of a directory: where {@code ..} leads. */
    @Nullable
    Node parent;

    Node(long number, int mode, int owner, int group, Content content, long nowNanos) {
        this.number = number;
        this.mode = mode;
        this.owner = owner;
        this.group = group;
        this.content = content;
        this.modifyNanos = nowNanos;
        this.changeNanos = nowNanos;
        this.accessNanos = nowNanos;
        this.birthNanos = nowNanos;
        this.links = isDirectory() ? 2 : 1;
    }

    boolean isDirectory() {
        return type() == FileType.DIRECTORY.modeBits();
    }

    boolean isRegular() {
        return type() == FileType.REGULAR.modeBits();
    }

    int type() {
        return mode & FileType.MASK;
    }

    void changed(long nowNanos) {
        changeNanos = nowNanos;
    }

    void modified(long nowNanos) {
        modifyNanos = nowNanos;
        changeNanos = nowNanos;
    }

    Inode view() {
        long size = target == null ? sizeBytes : target.length;
        return new Inode(
                number,
                mode,
                owner,
                group,
                links,
                size,
                device,
                0,
                accessNanos,
                modifyNanos,
                changeNanos,
                birthNanos,
                target);
    }
}
