package io.poolfs.it.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares what both sides show: names, attributes, links, times, attributes of users, content; and what is open. */
final class Trees {
    private static final int READ_ONLY = 0;
    private static final int DIRECTORY = 0200000;
    private static final int NON_BLOCKING = 04000;
    private static final int HEADER = 19;
    /** Larger files are compared at both ends only. */
    private static final long WHOLE_BYTES = 6 << 20;

    private static final int DATA = Memory.DATA_BYTES;

    private final Side reference;
    private final Side pool;
    private final Map<Long, Long> inodes = new HashMap<>();
    private final Set<Long> read = new HashSet<>();

    Trees(Side reference, Side pool) {
        this.reference = reference;
        this.pool = pool;
    }

    /**
     * @param slackNanos how far the times of one call on both sides may lie apart
     * @param loose inodes of the reference whose times of change nothing is promised about
     * @param found gets the paths that there are
     * @return what differs first, or null
     */
    @Nullable
    String difference(long slackNanos, Set<Long> loose, Map<String, Status> found) {
        inodes.clear();
        read.clear();
        String different = compare("", slackNanos, loose, found);
        for (int slot = 0; different == null && slot < Side.FILES; slot++) {
            if (reference.isOpen(slot)) {
                different = open(slot, slackNanos, loose);
            }
        }
        return different;
    }

    private @Nullable String compare(String path, long slackNanos, Set<Long> loose, Map<String, Status> found) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        Status expected = reference.status(bytes);
        Status actual = pool.status(bytes);
        if (expected == null || actual == null) {
            return "/" + path + (expected == null ? " is not to be there" : " is missing");
        }
        found.put(path, expected);
        String different = attributes(expected, actual, slackNanos, loose);
        if (different == null) {
            different = xattrs(bytes);
        }
        if (different == null && expected.isSymlink()) {
            Step readLink = new Step(Step.Kind.READLINK, 0, 0, path, "", 0, 0, 0);
            different = same(reference.apply(readLink), pool.apply(readLink));
        }
        if (different == null && expected.isRegular() && read.add(expected.inode())) {
            different = content(bytes, expected.size());
        }
        if (different != null) {
            return "/" + path + ": " + different;
        }
        return expected.isDirectory() ? entries(path, slackNanos, loose, found) : null;
    }

    private @Nullable String entries(String path, long slackNanos, Set<Long> loose, Map<String, Status> found) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        Map<String, Integer> expected = list(reference, bytes);
        Map<String, Integer> actual = list(pool, bytes);
        if (!expected.equals(actual)) {
            return "/" + path + " lists " + actual + " instead of " + expected;
        }
        for (String name : expected.keySet()) {
            String different = compare(path.isEmpty() ? name : path + "/" + name, slackNanos, loose, found);
            if (different != null) {
                return different;
            }
        }
        return null;
    }

    /** Name → type. */
    private static Map<String, Integer> list(Side side, byte[] path) {
        Map<String, Integer> names = new TreeMap<>();
        int fd = side.open(path, READ_ONLY | DIRECTORY);
        long buffer = side.memory().data;
        for (long count = side.libc().getdents64(fd, buffer, 65536); count > 0; ) {
            for (long at = buffer; at < buffer + count; at += Memory.getShort(at + 16)) {
                String name = cString(Memory.get(at + HEADER, Memory.getShort(at + 16) - HEADER));
                if (!name.equals(".") && !name.equals("..")) {
                    names.put(name, Memory.getShort(at + 18) & 0xff);
                }
            }
            count = side.libc().getdents64(fd, buffer, 65536);
        }
        side.libc().close(fd);
        return names;
    }

    private static String cString(byte[] bytes) {
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    private @Nullable String attributes(Status expected, Status actual, long slackNanos, Set<Long> loose) {
        if (!Arrays.equals(expected.comparable(), actual.comparable())) {
            return actual + " instead of " + expected;
        }
        Long known = inodes.putIfAbsent(expected.inode(), actual.inode());
        if (known != null && known != actual.inode()) {
            return "another inode than under its other name";
        }
        // What a pipe or a device does to the times of its name, the kernel keeps from the file system.
        boolean sameTimes = expected.isSpecial()
                || (isNear(expected.access(), actual.access(), slackNanos)
                        && (loose.contains(expected.inode())
                                || (isNear(expected.modify(), actual.modify(), slackNanos)
                                        && isNear(expected.change(), actual.change(), slackNanos))));
        return sameTimes ? null : "times: " + actual + " instead of " + expected;
    }

    private static boolean isNear(long expected, long actual, long slackNanos) {
        return Math.abs(expected - actual) <= slackNanos;
    }

    private @Nullable String xattrs(byte[] path) {
        String name = new String(path, StandardCharsets.ISO_8859_1);
        Step list = new Step(Step.Kind.LISTXATTR, 0, 0, name, "", 0, 0, 0);
        Outcome names = reference.apply(list);
        String different = same(names, pool.apply(list));
        if (different != null || names.value() <= 0) {
            return different;
        }
        for (String key : new String(names.bytes(), StandardCharsets.ISO_8859_1).split("\0")) {
            Step get = new Step(Step.Kind.GETXATTR, 0, 0, name, key, 65536, 0, 0);
            different = key.isEmpty() ? null : same(reference.apply(get), pool.apply(get));
            if (different != null) {
                return key + ": " + different;
            }
        }
        return null;
    }

    private static @Nullable String same(Outcome expected, Outcome actual) {
        return actual.isSame(expected) ? null : actual.against(expected);
    }

    private @Nullable String content(byte[] path, long size) {
        int one = reference.open(path, READ_ONLY | NON_BLOCKING);
        int two = pool.open(path, READ_ONLY | NON_BLOCKING);
        try {
            return two < 0 ? "cannot be opened: errno " + Libc.lastError() : content(one, two, size);
        } finally {
            reference.libc().close(one);
            pool.libc().close(two);
        }
    }

    private @Nullable String content(int one, int two, long size) {
        List<Long> places = new ArrayList<>();
        for (long at = 0; at < size; at += DATA) {
            if (size <= WHOLE_BYTES || at == 0) {
                places.add(at);
            }
        }
        if (size > WHOLE_BYTES) {
            places.add(size - DATA);
        }
        for (long at : places) {
            Outcome expected = read(reference, one, at);
            Outcome actual = read(pool, two, at);
            if (!actual.isSame(expected)) {
                return "content from byte " + at + " on: " + actual.against(expected);
            }
        }
        return null;
    }

    private static Outcome read(Side side, int fd, long at) {
        Outcome outcome = Outcome.of(side.libc().pread(fd, side.memory().data, DATA, at));
        return outcome.isSuccess() ? outcome.with(Memory.get(side.memory().data, outcome.value())) : outcome;
    }

    /** Also what has no name any more. */
    private @Nullable String open(int slot, long slackNanos, Set<Long> loose) {
        Status expected = descriptor(reference, slot);
        Status actual = descriptor(pool, slot);
        String different = attributes(expected, actual, slackNanos, loose);
        if (different == null && expected.isRegular() && read.add(expected.inode())) {
            // As far as it is open for reading; else both say EBADF.
            different = content(reference.descriptor(slot), pool.descriptor(slot), expected.size());
        }
        return different == null ? null : "open file #" + slot + ": " + different;
    }

    private static Status descriptor(Side side, int slot) {
        ByteBuffer empty = ByteBuffer.allocate(1);
        side.libc()
                .statx(
                        side.descriptor(slot),
                        Memory.string(side.memory().path, empty.array()),
                        0x1000,
                        Status.BASIC,
                        side.memory().data);
        return Status.at(side.memory().data);
    }
}
