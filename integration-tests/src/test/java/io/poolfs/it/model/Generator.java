package io.poolfs.it.model;

import io.poolfs.it.model.Step.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws calls that mostly make sense: on names that exist, on descriptors that are open, near the boundaries of blocks
 * and pages. What it draws depends on the seed and on what it was told to be there.
 */
final class Generator {
    private static final String[] NAMES = {
        "a",
        "b",
        "c",
        "d",
        "e f",
        "Gr\u00c3\u00bc\u00c3\u009fe",
        "\u00ff\u00fe no UTF-8",
        "n\nl",
        "-x",
        "x".repeat(255),
        "y".repeat(256)
    };
    private static final String[] ATTRIBUTES = {"user.a", "user.b", "user.long" + "x".repeat(200), "trusted.t", "user."
    };
    private static final int[] MODES = {
        0644, 0755, 0600, 0700, 0777, 0666, 0, 04755, 02755, 02777, 01777, 06777, 0444, 0111
    };
    private static final int[] USERS = {12345, 12346};
    private static final int[] EDGES = {4096, 8192, 65536, 131072, 1 << 20};
    private static final int MANY = 70;
    private static final int LONGEST = 600_000;

    private static final int WRITE_ONLY = 1;
    private static final int READ_WRITE = 2;
    private static final int CREATE = 0100;
    private static final int EXCLUSIVE = 0200;
    private static final int TRUNCATE = 01000;
    private static final int APPEND = 02000;
    private static final int NON_BLOCKING = 04000;
    private static final int DIRECTORY = 0200000;
    private static final int NO_FOLLOW = 0400000;

    private static final long TIME_NOW = -1;
    private static final long TIME_OMIT = -2;

    private final Random random;
    private final Map<String, Integer> known = new HashMap<>();
    private List<String> all = new ArrayList<>();
    private List<String> directories = new ArrayList<>();

    Generator(long seed) {
        random = new Random(seed);
    }

    /** What there is, from a comparison of the trees. */
    void learn(Map<String, Status> found) {
        known.clear();
        found.forEach((path, status) -> known.put(path, status.mode()));
        sort();
    }

    /** What the call did on the reference. */
    void learn(Step step, Outcome outcome) {
        if (!outcome.isSuccess()) {
            return;
        }
        switch (step.kind()) {
            case OPEN, MKNOD, SYMLINK -> known.putIfAbsent(step.path(), 0100000);
            case MKDIR -> known.put(step.path(), 0040000);
            case LINK -> known.put(step.other(), 0100000);
            case UNLINK, RMDIR -> known.remove(step.path());
            case RENAME -> {
                Integer mode = known.remove(step.path());
                known.put(step.other(), mode == null ? 0100000 : mode);
            }
            default -> {
                return;
            }
        }
        sort();
    }

    private void sort() {
        all = known.keySet().stream().filter(path -> !path.isEmpty()).sorted().toList();
        directories = known.entrySet().stream()
                .filter(entry -> (entry.getValue() & 0170000) == 0040000)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    Step next() {
        int roll = random.nextInt(1000);
        if (known.size() > MANY && random.nextInt(3) == 0) {
            return random.nextInt(5) == 0 ? step(Kind.RMDIR, directory()) : step(Kind.UNLINK, existing());
        }
        if (roll < 480) {
            return onFile(roll);
        }
        if (roll < 760) {
            return onName(roll - 480);
        }
        if (roll < 920) {
            return onAttribute(roll - 760);
        }
        return onMap(roll - 920);
    }

    private Step onFile(int roll) {
        int slot = random.nextInt(Side.FILES);
        if (roll < 90) {
            return open(slot);
        }
        if (roll < 140) {
            return of(Kind.CLOSE, slot, 0, 0, 0);
        }
        if (roll < 190) {
            return of(Kind.READ, slot, length(), 0, 0);
        }
        if (roll < 240) {
            return of(Kind.PREAD, slot, length(), offset(), 0);
        }
        if (roll < 300) {
            return of(Kind.WRITE, slot, length(), 0, random.nextInt());
        }
        if (roll < 360) {
            return of(Kind.PWRITE, slot, length(), offset(), random.nextInt());
        }
        if (roll < 375) {
            int whence = random.nextInt(3);
            return of(Kind.SEEK, slot, whence == 0 ? offset() : random.nextInt(20_000) - 10_000, 0, whence);
        }
        if (roll < 400) {
            return of(Kind.FTRUNCATE, slot, offset(), 0, 0);
        }
        if (roll < 430) {
            int[] modes = {0, 1, 3, 3, 16, 17};
            return of(Kind.FALLOCATE, slot, offset(), 1 + random.nextInt(200_000), modes[random.nextInt(modes.length)]);
        }
        if (roll < 432) {
            return of(random.nextBoolean() ? Kind.FSYNC : Kind.FDATASYNC, slot, 0, 0, 0);
        }
        if (roll < 445) {
            return of(Kind.FSTAT, slot, 0, 0, 0);
        }
        if (roll < 453) {
            return as(of(Kind.FCHMOD, slot, mode(), 0, 0));
        }
        if (roll < 459) {
            return as(of(Kind.FCHOWN, slot, owner(), random.nextInt(70_000), 0));
        }
        if (roll < 466) {
            return of(Kind.FUTIMENS, slot, time(), time(), 0);
        }
        return as(onFileXattr(slot, roll - 466));
    }

    private Step onFileXattr(int slot, int roll) {
        String name = ATTRIBUTES[random.nextInt(ATTRIBUTES.length)];
        if (roll < 7) {
            return new Step(Kind.FSETXATTR, 0, slot, "", name, xattrLength(), random.nextInt(), random.nextInt(3));
        }
        return roll < 11
                ? new Step(Kind.FGETXATTR, 0, slot, "", name, 65536, 0, 0)
                : new Step(Kind.FREMOVEXATTR, 0, slot, "", name, 0, 0, 0);
    }

    private Step open(int slot) {
        int flags = random.nextInt(4) == 0 ? 0 : random.nextInt(4) == 0 ? WRITE_ONLY : READ_WRITE;
        flags |= chance(2) ? CREATE : 0;
        flags |= chance(8) ? EXCLUSIVE | CREATE : 0;
        flags |= chance(6) ? TRUNCATE : 0;
        flags |= chance(5) ? APPEND : 0;
        flags |= chance(30) ? NO_FOLLOW : 0;
        flags |= chance(40) ? DIRECTORY : 0;
        String path = (flags & CREATE) != 0 && chance(2) ? fresh() : existing();
        return as(new Step(Kind.OPEN, 0, slot, path, "", mode(), 0, flags | NON_BLOCKING));
    }

    private Step onName(int roll) {
        if (roll < 50) {
            return as(step(Kind.MKDIR, fresh(), "", mode(), 0, 0));
        }
        if (roll < 75) {
            return as(step(Kind.RMDIR, directory()));
        }
        if (roll < 125) {
            return as(step(Kind.UNLINK, existing()));
        }
        if (roll < 200) {
            return as(step(Kind.RENAME, existing(), chance(2) ? existing() : fresh(), 0, 0, 0));
        }
        if (roll < 235) {
            return as(step(Kind.LINK, existing(), chance(5) ? existing() : fresh(), 0, 0, 0));
        }
        if (roll < 255) {
            return as(step(Kind.SYMLINK, fresh(), target(), 0, 0, 0));
        }
        if (roll < 265) {
            return as(step(Kind.READLINK, existing()));
        }
        int[] types = {0100000, 0010000, 0140000, 0020000, 0060000};
        return as(step(Kind.MKNOD, fresh(), "", types[random.nextInt(types.length)] | mode(), 0x103, 0));
    }

    private Step onAttribute(int roll) {
        if (roll < 30) {
            return as(step(Kind.CHMOD, existing(), "", mode(), 0, 0));
        }
        if (roll < 50) {
            return as(step(Kind.CHOWN, existing(), "", random.nextInt(70_000), owner(), 0));
        }
        if (roll < 70) {
            return as(step(Kind.TRUNCATE, existing(), "", offset(), 0, 0));
        }
        if (roll < 90) {
            return as(step(Kind.UTIMENS, existing(), "", time(), time(), chance(2) ? 0x100 : 0));
        }
        if (roll < 110) {
            return as(step(Kind.STAT, existing()));
        }
        if (roll < 118) {
            return as(step(Kind.ACCESS, existing(), "", 0, 0, random.nextInt(8)));
        }
        String name = ATTRIBUTES[random.nextInt(ATTRIBUTES.length)];
        if (roll < 138) {
            return as(step(Kind.SETXATTR, existing(), name, xattrLength(), random.nextInt(), random.nextInt(3)));
        }
        if (roll < 148) {
            return as(step(Kind.GETXATTR, existing(), name, chance(3) ? random.nextInt(200) : 65536, 0, 0));
        }
        return as(step(roll < 152 ? Kind.LISTXATTR : Kind.REMOVEXATTR, existing(), roll < 152 ? "" : name, 0, 0, 0));
    }

    private Step onMap(int roll) {
        int map = random.nextInt(Side.MAPS);
        if (roll < 12) {
            int slot = map << 8 | random.nextInt(Side.FILES);
            // Shared or private, to read or to read and write.
            return of(Kind.MAP, slot, 1 + random.nextInt(300_000), chance(3) ? 1 : 3, chance(3) ? 2 : 1);
        }
        if (roll < 40) {
            return of(Kind.STORE, map, random.nextInt(100_000), 1 + random.nextInt(9_000), random.nextInt());
        }
        if (roll < 65) {
            return of(Kind.LOAD, map, random.nextInt(100_000), 1 + random.nextInt(50_000), 0);
        }
        return roll < 72 ? of(Kind.MSYNC, map, 0, 0, chance(2) ? 4 : 1) : of(Kind.UNMAP, map, 0, 0, 0);
    }

    private Step as(Step step) {
        int roll = random.nextInt(100);
        int user = roll < 60 ? 0 : USERS[roll < 85 ? 0 : 1];
        return new Step(step.kind(), user, step.slot(), step.path(), step.other(), step.a(), step.b(), step.flags());
    }

    private static Step of(Kind kind, int slot, long a, long b, int flags) {
        return new Step(kind, 0, slot, "", "", a, b, flags);
    }

    private static Step step(Kind kind, String path) {
        return step(kind, path, "", 0, 0, 0);
    }

    private static Step step(Kind kind, String path, String other, long a, long b, int flags) {
        return new Step(kind, 0, 0, path, other, a, b, flags);
    }

    private String existing() {
        if (all.isEmpty() || chance(12)) {
            return fresh();
        }
        String path = all.get(random.nextInt(all.size()));
        return chance(60) ? path + "/" : chance(60) ? "./" + path : path;
    }

    private String directory() {
        return directories.isEmpty() || chance(8) ? existing() : directories.get(random.nextInt(directories.size()));
    }

    private String fresh() {
        String name = NAMES[Math.min(random.nextInt(NAMES.length), random.nextInt(NAMES.length))];
        String parent = directories.isEmpty() || chance(3) ? "" : directories.get(random.nextInt(directories.size()));
        if (parent.chars().filter(c -> c == '/').count() > 3) {
            parent = "";
        }
        return parent.isEmpty() ? name : parent + "/" + name;
    }

    private String target() {
        return chance(20) ? "z".repeat(4000) : chance(3) ? NAMES[random.nextInt(6)] : "../" + NAMES[random.nextInt(6)];
    }

    private int mode() {
        return MODES[random.nextInt(MODES.length)];
    }

    /** Or -1, but not for both: whether that changes a time is left open by POSIX. */
    private int owner() {
        return chance(4) ? -1 : chance(2) ? USERS[random.nextInt(2)] : chance(2) ? 0 : random.nextInt(70_000);
    }

    private int length() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> random.nextInt(50);
            case 3, 4 -> Math.max(0, near());
            case 5, 6, 7 -> random.nextInt(9_000);
            case 8 -> random.nextInt(70_000);
            default -> random.nextInt(LONGEST / 2);
        };
    }

    private long offset() {
        return switch (random.nextInt(10)) {
            case 0, 1 -> random.nextInt(50);
            case 2, 3 -> near();
            case 4, 5, 6 -> random.nextInt(20_000);
            case 7, 8 -> random.nextInt(200_000);
            default -> chance(20) ? 5_000_000_000L + random.nextInt(10_000) : random.nextInt(LONGEST);
        };
    }

    private int near() {
        return EDGES[random.nextInt(EDGES.length)] + random.nextInt(5) - 2;
    }

    private int xattrLength() {
        return chance(30) ? 65536 : chance(30) ? 65537 : chance(5) ? random.nextInt(5_000) : random.nextInt(100);
    }

    private long time() {
        return switch (random.nextInt(6)) {
            case 0 -> TIME_NOW;
            case 1 -> TIME_OMIT;
            case 2 -> random.nextInt() * 1_000_000_000L + random.nextInt(1_000_000_000); // also before 1970
            default -> (1_500_000_000L + random.nextInt(100_000_000)) * 1_000_000_000L + random.nextInt(1_000_000_000);
        };
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }
}
