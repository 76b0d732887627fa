package io.poolfs.core.remote.rclone;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names under which rclone counts the bytes of one upload at a time. They are used again, because rclone keeps each one
 * for ever. Usable from any thread.
 */
final class UploadGroups {
    /** Stores of one pool share a daemon: their names must differ. */
    private static final AtomicLong NEXT = new AtomicLong();

    private final ConcurrentLinkedDeque<String> free = new ConcurrentLinkedDeque<>();

    String take() {
        String group = free.poll();
        return group != null ? group : "poolfs-upload-" + NEXT.incrementAndGet();
    }

    void give(String group) {
        free.push(group);
    }
}
