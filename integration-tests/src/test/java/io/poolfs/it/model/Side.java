package io.poolfs.it.model;

import io.poolfs.it.model.Step.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * One of the two file systems: makes the calls and holds what is open and mapped there. One thread, which takes the
 * user's identity for the length of a call.
 */
final class Side implements AutoCloseable {
    static final int FILES = 8;
    static final int MAPS = 3;
    private static final int NONE = -1;
    private static final int NO_FOLLOW = 0x100;
    private static final int EMPTY_PATH = 0x1000;
    private static final int HERE = -100;
    private static final int DONT_NEED = 4;
    private static final int TRUNCATE = 01000;
    private static final int ZERO_RANGE = 0x10;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;

    /** A mapping, with a descriptor of its own to ask for the file's size. */
    private record Mapped(long address, long length, int fd, boolean writable) {}

    private final Libc libc;
    private final Memory memory = new Memory();
    private final boolean reference;
    private final int[] files = new int[FILES];
    private final Mapped[] maps = new Mapped[MAPS];
    private final byte[] root;

    /** @param reference the kernel's: what it does not have is made up from what it has */
    Side(Libc libc, Path root, boolean reference) {
        this.libc = libc;
        this.reference = reference;
        this.root = root.toString().getBytes(StandardCharsets.UTF_8);
        Arrays.fill(files, NONE);
    }

    Outcome apply(Step step) {
        if (step.user() != 0) {
            libc.setfsgid(step.user());
            libc.setfsuid(step.user());
        }
        try {
            return call(step);
        } finally {
            if (step.user() != 0) {
                libc.setfsuid(0);
                libc.setfsgid(0);
            }
        }
    }

    private Outcome call(Step step) {
        return switch (step.kind()) {
            case OPEN, MKDIR, RMDIR, UNLINK, RENAME, LINK, SYMLINK, READLINK, MKNOD -> name(step);
            case CHMOD, CHOWN, TRUNCATE, UTIMENS, STAT, ACCESS -> attribute(step);
            case SETXATTR, GETXATTR, LISTXATTR, REMOVEXATTR -> xattr(step);
            case MAP -> map(step);
            case STORE, LOAD, MSYNC, UNMAP -> mapped(step);
            default -> files[step.slot()] == NONE ? Outcome.SKIPPED : file(step, files[step.slot()]);
        };
    }

    private Outcome name(Step step) {
        long path = path(step.pathBytes());
        return switch (step.kind()) {
            case OPEN -> open(step, path);
            case MKDIR -> Outcome.of(libc.mkdir(path, (int) step.a()));
            case RMDIR -> Outcome.of(libc.rmdir(path));
            case UNLINK -> Outcome.of(libc.unlink(path));
            case RENAME -> Outcome.of(libc.rename(path, other(step.otherBytes())));
            case LINK -> Outcome.of(libc.link(path, other(step.otherBytes())));
            case SYMLINK -> Outcome.of(libc.symlink(Memory.string(memory.other, step.otherBytes()), path));
            case MKNOD -> Outcome.of(libc.mknod(path, (int) step.a(), step.b()));
            default -> {
                Outcome read = Outcome.of(libc.readlink(path, memory.data, 4096));
                yield read.isSuccess() ? read.with(Memory.get(memory.data, read.value())) : read;
            }
        };
    }

    private Outcome open(Step step, long path) {
        if (files[step.slot()] != NONE) {
            return Outcome.SKIPPED;
        }
        Outcome opened = Outcome.of(libc.open(path, step.flags(), (int) step.a()));
        if (!opened.isSuccess()) {
            return opened;
        }
        files[step.slot()] = (int) opened.value();
        if (step.user() != 0 && (step.flags() & TRUNCATE) != 0) {
            // libfuse 2 does not say whether truncating by opening is to take the set-id bits away.
            libc.setfsuid(0);
            libc.fchmod(files[step.slot()], at(files[step.slot()]).mode() & 01777);
        }
        return new Outcome(0, 0, opened.bytes()); // numbers of descriptors differ
    }

    private Outcome attribute(Step step) {
        long path = path(step.pathBytes());
        return switch (step.kind()) {
            case CHMOD -> Outcome.of(libc.chmod(path, (int) step.a()));
            case CHOWN -> Outcome.of(libc.lchown(path, (int) step.a(), (int) step.b()));
            case TRUNCATE -> Outcome.of(libc.truncate(path, step.a()));
            case UTIMENS -> Outcome.of(libc.utimensat(HERE, path, times(step), step.flags()));
            case ACCESS -> Outcome.of(libc.access(path, step.flags()));
            default -> status(libc.statx(HERE, path, NO_FOLLOW, Status.BASIC, memory.data));
        };
    }

    private Outcome status(int returned) {
        Outcome outcome = Outcome.of(returned);
        return outcome.isSuccess() ? outcome.with(Status.at(memory.data).comparable()) : outcome;
    }

    /** Each of both times is nanoseconds since 1970, -1 for now, or -2 for as it is. */
    private long times(Step step) {
        for (int i = 0; i < 2; i++) {
            long time = i == 0 ? step.a() : step.b();
            boolean word = time == -1 || time == -2;
            Memory.putLong(memory.other + 16L * i, word ? 0 : Math.floorDiv(time, 1_000_000_000L));
            Memory.putLong(
                    memory.other + 16L * i + 8, word ? 0x3ffffffeL + (time & 1) : Math.floorMod(time, 1_000_000_000L));
        }
        return memory.other;
    }

    private Outcome xattr(Step step) {
        long path = path(step.pathBytes());
        long name = Memory.string(memory.other, step.otherBytes());
        return switch (step.kind()) {
            case SETXATTR -> {
                Memory.put(memory.data, bytes(step.b(), (int) step.a()));
                yield Outcome.of(libc.lsetxattr(path, name, memory.data, step.a(), step.flags()));
            }
            case GETXATTR -> value(libc.lgetxattr(path, name, memory.data, step.a()), step.a());
            case REMOVEXATTR -> Outcome.of(libc.lremovexattr(path, name));
            default -> {
                Outcome list = Outcome.of(libc.llistxattr(path, memory.data, 65536));
                yield list.isSuccess() ? list.with(sorted(Memory.get(memory.data, list.value()))) : list;
            }
        };
    }

    private Outcome value(long returned, long room) {
        Outcome outcome = Outcome.of(returned);
        return outcome.isSuccess() && room > 0 ? outcome.with(Memory.get(memory.data, returned)) : outcome;
    }

    private static byte[] sorted(byte[] list) {
        String[] names = new String(list, StandardCharsets.ISO_8859_1).split("\0");
        Arrays.sort(names);
        return String.join("\0", names).getBytes(StandardCharsets.ISO_8859_1);
    }

    private Outcome file(Step step, int fd) {
        return switch (step.kind()) {
            case CLOSE -> {
                files[step.slot()] = NONE;
                yield Outcome.of(libc.close(fd));
            }
            case READ -> data(libc.read(fd, memory.data, step.a()));
            case PREAD -> data(libc.pread(fd, memory.data, step.a(), step.b()));
            case WRITE, PWRITE -> {
                Memory.put(memory.data, bytes(step.flags(), (int) step.a()));
                yield Outcome.of(
                        step.kind() == Kind.WRITE
                                ? libc.write(fd, memory.data, step.a())
                                : libc.pwrite(fd, memory.data, step.a(), step.b()));
            }
            // In a directory offsets mean what its file system likes.
            case SEEK -> at(fd).isDirectory() ? Outcome.SKIPPED : Outcome.of(libc.lseek(fd, step.a(), step.flags()));
            case FTRUNCATE -> Outcome.of(libc.ftruncate(fd, step.a()));
            case FALLOCATE -> allocate(step, fd);
            case FSYNC -> Outcome.of(libc.fsync(fd));
            case FDATASYNC -> Outcome.of(libc.fdatasync(fd));
            default -> fileAttribute(step, fd);
        };
    }

    private Outcome fileAttribute(Step step, int fd) {
        long name = Memory.string(memory.path, step.otherBytes());
        return switch (step.kind()) {
            case FSTAT -> status(libc.statx(fd, empty(), EMPTY_PATH, Status.BASIC, memory.data));
            case FCHMOD -> Outcome.of(libc.fchmod(fd, (int) step.a()));
            case FCHOWN -> Outcome.of(libc.fchown(fd, (int) step.a(), (int) step.b()));
            case FUTIMENS -> Outcome.of(libc.futimens(fd, times(step)));
            case FSETXATTR -> {
                Memory.put(memory.data, bytes(step.b(), (int) step.a()));
                yield Outcome.of(libc.fsetxattr(fd, name, memory.data, step.a(), step.flags()));
            }
            case FGETXATTR -> value(libc.fgetxattr(fd, name, memory.data, step.a()), step.a());
            case FREMOVEXATTR -> Outcome.of(libc.fremovexattr(fd, name));
            default -> throw new AssertionError(step);
        };
    }

    private Outcome data(long returned) {
        Outcome outcome = Outcome.of(returned);
        return outcome.isSuccess() ? outcome.with(Memory.get(memory.data, returned)) : outcome;
    }

    /** tmpfs cannot zero a range: there it is punched, and the file made longer. */
    private Outcome allocate(Step step, int fd) {
        if (!reference || (step.flags() & ZERO_RANGE) == 0) {
            return Outcome.of(libc.fallocate(fd, step.flags(), step.a(), step.b()));
        }
        Outcome punched = Outcome.of(libc.fallocate(fd, KEEP_SIZE | PUNCH_HOLE, step.a(), step.b()));
        if (punched.isSuccess() && (step.flags() & KEEP_SIZE) == 0 && size(fd) < step.a() + step.b()) {
            return Outcome.of(libc.ftruncate(fd, step.a() + step.b()));
        }
        return punched;
    }

    private Outcome map(Step step) {
        int fd = files[step.slot() & 0xff];
        int slot = step.slot() >> 8;
        if (fd == NONE || maps[slot] != null) {
            return Outcome.SKIPPED;
        }
        long address = libc.mmap(0, step.a(), (int) step.b(), step.flags(), fd, 0);
        if (address == -1) {
            return Outcome.of(-1);
        }
        maps[slot] = new Mapped(address, step.a(), libc.dup(fd), (step.b() & 2) != 0);
        return Outcome.of(0);
    }

    /** Only where the file is: behind its end is a signal. */
    private Outcome mapped(Step step) {
        Mapped map = maps[step.slot()];
        if (map == null) {
            return Outcome.SKIPPED;
        }
        long end = Math.min(map.length, size(map.fd));
        long length = Math.max(0, Math.min(step.b(), end - step.a()));
        return switch (step.kind()) {
            case STORE -> {
                if (length == 0 || !map.writable) {
                    yield Outcome.SKIPPED;
                }
                Memory.put(map.address + step.a(), bytes(step.flags(), (int) length));
                yield Outcome.of(length);
            }
            case LOAD ->
                length == 0 ? Outcome.SKIPPED : Outcome.of(length).with(Memory.get(map.address + step.a(), length));
            case MSYNC -> Outcome.of(libc.msync(map.address, map.length, step.flags()));
            default -> {
                maps[step.slot()] = null;
                libc.munmap(map.address, map.length);
                yield Outcome.of(libc.close(map.fd));
            }
        };
    }

    private long size(int fd) {
        return at(fd).size();
    }

    private Status at(int fd) {
        libc.statx(fd, empty(), EMPTY_PATH, Status.BASIC, memory.other);
        return Status.at(memory.other);
    }

    private long empty() {
        return Memory.string(memory.path + 4096, new byte[0]);
    }

    /** The inode that is open there, or 0. */
    long inodeOf(int slot) {
        return files[slot] == NONE ? 0 : at(files[slot]).inode();
    }

    /** The inode that the path leads to, or 0. */
    long inodeAt(byte[] path) {
        int returned = libc.statx(HERE, path(path), 0, Status.BASIC, memory.data);
        return returned == 0 ? Status.at(memory.data).inode() : 0;
    }

    boolean isOpen(int slot) {
        return files[slot] != NONE;
    }

    int descriptor(int slot) {
        return files[slot];
    }

    Libc libc() {
        return libc;
    }

    Memory memory() {
        return memory;
    }

    /** Opens for the harness, as root; below zero when it cannot. */
    int open(byte[] path, int flags) {
        return libc.open(path(path), flags, 0);
    }

    /** Null when the path does not exist. */
    @org.jspecify.annotations.Nullable
    Status status(byte[] path) {
        int returned = libc.statx(HERE, path(path), NO_FOLLOW, Status.BASIC, memory.data);
        return returned == 0 ? Status.at(memory.data) : null;
    }

    /** The kernel forgets what it has of the file, as far as nobody maps it. */
    void forgetPages(int fd) {
        libc.posix_fadvise(fd, 0, 0, DONT_NEED);
    }

    void closeAll() {
        for (int i = 0; i < MAPS; i++) {
            call(new Step(Kind.UNMAP, 0, i, "", "", 0, 0, 0));
        }
        for (int i = 0; i < FILES; i++) {
            if (files[i] != NONE) {
                libc.close(files[i]);
                files[i] = NONE;
            }
        }
    }

    @Override
    public void close() {
        closeAll();
        memory.close();
    }

    private long path(byte[] relative) {
        return path(memory.path, relative);
    }

    private long other(byte[] relative) {
        return path(memory.other, relative);
    }

    private long path(long address, byte[] relative) {
        byte[] all = Arrays.copyOf(root, root.length + 1 + relative.length);
        all[root.length] = '/';
        System.arraycopy(relative, 0, all, root.length + 1, relative.length);
        return Memory.string(address, all);
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
