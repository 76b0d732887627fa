package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Allocation;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.sim.engine.Tree.Place;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A program that works below a directory of its own and knows what must be there. Each change is made twice: by the pool,
 * and in a {@link Tree}.
 */
final class Client {
    static final Caller CALLER = new Caller(1000, 1000);

    private static final int NAMES = 9;
    private static final int MAX_HANDLES = 5;
    private static final int MAX_DIRECTORIES = 6;

    private final int number;
    private final Setting setting;
    private final List<Open> handles = new ArrayList<>();
    private Tree tree;
    private @Nullable Pending pending;

    /** An open file. */
    private record Open(long handle, long inode, boolean writable) {}

    /**
     * A change that has begun: what is there is one or the other.
     *
     * @param mixed the inode whose bytes may be partly of both, or 0
     */
    record Pending(Tree before, Tree after, long mixed) {}

    @FunctionalInterface
    private interface Call {
        long run() throws PoolException;
    }

    Client(int number, Setting setting, Tree tree) {
        this.number = number;
        this.setting = setting;
        this.tree = tree;
    }

    int number() {
        return number;
    }

    String directory() {
        return "c" + number;
    }

    Tree tree() {
        return tree;
    }

    @Nullable
    Pending pending() {
        return pending;
    }

    /** After the process has died, with what was found then. */
    void restart(Tree found) {
        tree = found;
        pending = null;
        handles.clear();
    }

    void perform(Act act) throws PoolException {
        long a = act.a();
        long b = act.b();
        long c = act.c();
        switch (act.verb()) {
            case CREATE -> create(place(a), b);
            case MKDIR -> makeDirectory(place(a));
            case SYMLINK -> makeNode(place(a), FileType.SYMLINK);
            case MKNOD -> makeNode(place(a), b % 3 == 0 ? FileType.FIFO : FileType.REGULAR);
            case OPEN -> open(regular(a), b % 4 != 0, false);
            case TRUNCATE_OPEN -> open(regular(a), true, true);
            case WRITE -> write(handle(a, true), b, c, false);
            case APPEND -> write(handle(a, true), b, c, true);
            case TRUNCATE -> truncate(a, b, c, false);
            case GROW -> truncate(a, b, c, true);
            case PUNCH -> punch(handle(a, true), b, c, Allocation.PUNCH_HOLE);
            case ZERO -> punch(handle(a, true), b, c, Allocation.ZERO_RANGE_KEEP_SIZE);
            case READ -> read(handle(a, false), b, c);
            case READ_ALL -> readAll(regular(a));
            case FSYNC -> sync(handle(a, false));
            case FSYNC_DIR -> syncDirectory();
            case FLUSH -> flush(handle(a, false));
            case CLOSE -> close(handle(a, false));
            case SAVE -> save(place(a), b, c);
            case COPY -> copy(handle(a, true), regular(b), c);
            case RENAME -> rename(a, b, RenameMode.REPLACE);
            case EXCHANGE -> rename(a, b, RenameMode.EXCHANGE);
            case LINK -> link(regular(a), place(b));
            case UNLINK -> unlink(a);
            case RMDIR -> removeDirectory(a);
            case SET_XATTR -> xattr(a, "user.x" + b % 3, "v" + c);
            case REMOVE_XATTR -> xattr(a, "user.x" + b % 3, null);
            case CHMOD -> chmod(a, (int) (b % 0777));
            case UTIMES -> setTime(regular(a), b);
            case STAT -> stat(a);
            case LIST -> list(a);
            case SPACE -> setting.fs().space();
            default -> throw new IllegalArgumentException(act.toString());
        }
    }

    // ---- choosing

    private Place place(long a) {
        List<Long> directories = tree.directories();
        return new Place(directories.get((int) (a / NAMES % directories.size())), "n" + a % NAMES);
    }

    private @Nullable Place existing(long a) {
        List<Place> places = tree.places();
        return places.isEmpty() ? null : places.get((int) (a % places.size()));
    }

    private long regular(long a) {
        List<Long> found = tree.places().stream()
                .map(tree::at)
                .filter(each -> tree.get(each).isRegular())
                .toList();
        return found.isEmpty() ? 0 : found.get((int) (a % found.size()));
    }

    private long any(long a) {
        Place place = existing(a);
        return place == null ? tree.root() : tree.at(place);
    }

    private @Nullable Open handle(long a, boolean writable) {
        List<Open> found =
                handles.stream().filter(each -> each.writable || !writable).toList();
        return found.isEmpty() ? null : found.get((int) (a % found.size()));
    }

    // ---- names

    private void create(Place at, long b) throws PoolException {
        if (tree.at(at) != null) {
            expect(Reason.EXISTS, () -> fs().create(null, CALLER, at.parent(), name(at), 0644, true));
            return;
        }
        if (handles.size() >= MAX_HANDLES) {
            close(handles.get((int) (b % handles.size())));
        }
        Tree after = tree.copy();
        after.put(Tree.NEW, Node.made(FileType.REGULAR, 0644, new byte[0])).name(at, Tree.NEW);
        change(after, 0, () -> {
            PoolFileSystem.Opened opened = fs().create(null, CALLER, at.parent(), name(at), 0644, true);
            long inode = opened.inode().number();
            handles.add(new Open(opened.handle(), inode, true));
            setting.versions(inode, true).add(new byte[0]);
            return inode;
        });
    }

    private void makeDirectory(Place at) throws PoolException {
        if (tree.at(at) != null) {
            expect(Reason.EXISTS, () -> fs().makeDirectory(null, CALLER, at.parent(), name(at), 0755));
            return;
        }
        if (tree.directories().size() >= MAX_DIRECTORIES) {
            return;
        }
        Tree after = tree.copy();
        after.put(Tree.NEW, Node.made(FileType.DIRECTORY, 0755, new byte[0])).name(at, Tree.NEW);
        change(
                after,
                0,
                () -> fs().makeDirectory(null, CALLER, at.parent(), name(at), 0755)
                        .number());
    }

    private void makeNode(Place at, FileType type) throws PoolException {
        if (tree.at(at) != null) {
            return;
        }
        byte[] target = ("to " + at.name()).getBytes(StandardCharsets.UTF_8);
        boolean symlink = type == FileType.SYMLINK;
        Tree after = tree.copy();
        after.put(Tree.NEW, Node.made(type, symlink ? 0777 : 0600, symlink ? target : new byte[0]))
                .name(at, Tree.NEW);
        change(after, 0, () -> {
            Inode made = symlink
                    ? fs().makeSymlink(null, CALLER, at.parent(), name(at), target)
                    : fs().makeNode(null, CALLER, at.parent(), name(at), type.modeBits() | 0600, 0);
            if (made.isRegular()) {
                setting.versions(made.number(), true).add(new byte[0]);
            }
            return made.number();
        });
    }

    private void link(long inode, Place at) throws PoolException {
        if (inode == 0 || tree.at(at) != null) {
            return;
        }
        change(
                tree.copy().name(at, inode),
                0,
                () -> fs().link(null, inode, at.parent(), name(at)).number());
    }

    private void unlink(long a) throws PoolException {
        Place at = existing(a);
        if (at == null) {
            return;
        }
        long inode = tree.at(at);
        if (tree.get(inode).isDirectory()) {
            expect(Reason.IS_DIRECTORY, () -> fs().unlink(null, at.parent(), name(at)));
            return;
        }
        setting.mayVanish(tree, at);
        Tree after = tree.copy().name(at, null);
        change(dropNameless(after, inode), 0, () -> {
            fs().unlink(null, at.parent(), name(at));
            return inode;
        });
    }

    private void removeDirectory(long a) throws PoolException {
        Place at = existing(a);
        if (at == null || !tree.get(tree.at(at)).isDirectory()) {
            return;
        }
        long inode = tree.at(at);
        if (!tree.get(inode).children().isEmpty()) {
            expect(Reason.NOT_EMPTY, () -> fs().removeDirectory(null, at.parent(), name(at)));
            return;
        }
        change(tree.copy().name(at, null).drop(inode), 0, () -> {
            fs().removeDirectory(null, at.parent(), name(at));
            return inode;
        });
    }

    private void rename(long a, long b, RenameMode mode) throws PoolException {
        Place from = existing(a);
        if (from == null) {
            return;
        }
        Place to = mode == RenameMode.EXCHANGE ? existing(b) : place(b);
        rename(from, to, mode);
    }

    private void rename(Place from, Place to, RenameMode mode) throws PoolException {
        long moved = tree.at(from);
        Long there = tree.at(to);
        if (there != null && there == moved) {
            change(tree, 0, () -> {
                fs().rename(null, from.parent(), name(from), to.parent(), name(to), mode);
                return moved;
            });
            return;
        }
        boolean exchange = mode == RenameMode.EXCHANGE;
        if ((tree.get(moved).isDirectory() && tree.isWithin(to.parent(), moved))
                || (exchange && tree.get(there).isDirectory() && tree.isWithin(from.parent(), there))) {
            expect(Reason.INVALID, () -> fs().rename(null, from.parent(), name(from), to.parent(), name(to), mode));
            return;
        }
        if (!exchange && there != null) {
            Node lost = tree.get(there);
            boolean directory = tree.get(moved).isDirectory();
            if (lost.isDirectory() != directory || !lost.children().isEmpty()) {
                Reason why = directory && !lost.isDirectory()
                        ? Reason.NOT_DIRECTORY
                        : !directory ? Reason.IS_DIRECTORY : Reason.NOT_EMPTY;
                expect(why, () -> fs().rename(null, from.parent(), name(from), to.parent(), name(to), mode));
                return;
            }
        }
        setting.mayVanish(tree, from);
        if (exchange || (there != null && !tree.get(moved).isRegular())) {
            setting.mayVanish(tree, to);
        }
        Tree after = tree.copy().name(from, exchange ? there : null).name(to, moved);
        if (!exchange && there != null) {
            dropNameless(after, there);
        }
        change(after, 0, () -> {
            fs().rename(null, from.parent(), name(from), to.parent(), name(to), mode);
            return moved;
        });
    }

    private Tree dropNameless(Tree after, long inode) {
        boolean open = handles.stream().anyMatch(each -> each.inode == inode);
        return after.links(inode) > 0 || open ? after : after.drop(inode);
    }

    // ---- attributes

    private void xattr(long a, String name, @Nullable String value) throws PoolException {
        long inode = any(a);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (value == null) {
            if (!tree.get(inode).xattrs().containsKey(name)) {
                expect(Reason.NO_ATTRIBUTE, () -> fs().removeXattr(null, inode, bytes));
                return;
            }
            change(tree.copy().put(inode, tree.get(inode).withXattr(name, null)), 0, () -> {
                fs().removeXattr(null, inode, bytes);
                return inode;
            });
            return;
        }
        change(tree.copy().put(inode, tree.get(inode).withXattr(name, value)), 0, () -> {
            fs().setXattr(null, inode, bytes, value.getBytes(StandardCharsets.UTF_8), XattrMode.CREATE_OR_REPLACE);
            return inode;
        });
    }

    private void chmod(long a, int permissions) throws PoolException {
        long inode = any(a);
        if (tree.get(inode).type() == FileType.SYMLINK) {
            return;
        }
        change(tree.copy().put(inode, tree.get(inode).withPermissions(permissions)), 0, () -> {
            fs().setAttributes(null, inode, null, new AttributeChange(permissions, null, null, null, null, null));
            return inode;
        });
    }

    private void setTime(long inode, long b) throws PoolException {
        if (inode == 0) {
            return;
        }
        long nanos = 1_000_000_000L * (b % 1_000_000);
        change(tree.copy().put(inode, tree.get(inode).withTime(nanos)), 0, () -> {
            fs().setAttributes(null, inode, null, new AttributeChange(null, null, null, null, null, nanos));
            return inode;
        });
    }

    private void stat(long a) throws PoolException {
        Place at = existing(a);
        if (at == null) {
            return;
        }
        Inode found = fs().lookup(at.parent(), name(at));
        if (found.number() != tree.at(at)) {
            throw new AssertionError(tree.path(at) + " is inode " + found.number() + ", not " + tree.at(at));
        }
        new Comparison(setting.fs(), tree).attributes(found.number(), tree.path(at));
    }

    private void list(long a) throws PoolException {
        List<Long> directories = tree.directories();
        new Comparison(setting.fs(), tree).entries(directories.get((int) (a % directories.size())));
    }

    // ---- contents

    private void open(long inode, boolean writable, boolean truncate) throws PoolException {
        if (inode == 0) {
            return;
        }
        if (handles.size() >= MAX_HANDLES) {
            close(handles.get(0));
        }
        if (!tree.has(inode)) {
            return;
        }
        Call call = () -> {
            handles.add(new Open(fs().open(null, inode, writable, truncate).handle(), inode, writable));
            return inode;
        };
        if (truncate) {
            content(inode, new byte[0], call);
        } else {
            try {
                call.run();
            } catch (PoolException e) {
                setting.requireTrouble(e, "an open", inode);
            }
        }
    }

    private void write(@Nullable Open file, long b, long c, boolean append) throws PoolException {
        if (file == null) {
            return;
        }
        byte[] old = tree.get(file.inode).content();
        int length = length(c);
        int offset = append ? old.length : offset(b, old.length);
        byte[] bytes = new byte[length];
        new SplittableRandom(b ^ c).nextBytes(bytes);
        byte[] changed = Arrays.copyOf(old, Math.max(old.length, offset + length));
        System.arraycopy(bytes, 0, changed, offset, length);
        if (changed.length > setting.maxFileBytes()) {
            return;
        }
        content(file.inode, changed, () -> {
            fs().write(file.handle, offset, ByteBuffer.wrap(bytes));
            return file.inode;
        });
    }

    /** As {@code cp} does: what the pool does not share is read and written. */
    private void copy(@Nullable Open target, long source, long c) throws PoolException {
        if (target == null
                || source == 0
                || source == target.inode
                || tree.get(source).wild()) {
            return;
        }
        byte[] from = tree.get(source).content();
        byte[] old = tree.get(target.inode).content();
        int sourceOffset = c % 3 == 0 ? 0 : (int) (c % (from.length + 1));
        int offset = c % 4 == 0 ? 0 : (int) (c % (old.length + 1)) & (c % 16 == 1 ? -1 : -4096);
        int wanted = Math.min(from.length - sourceOffset, setting.maxFileBytes() - offset);
        int end = offset + wanted;
        int length = end % 4096 != 0 && end < old.length ? wanted - end % 4096 : wanted;
        if (length <= 0) {
            return;
        }
        byte[] changed = Arrays.copyOf(old, Math.max(old.length, offset + length));
        System.arraycopy(from, sourceOffset, changed, offset, length);
        content(target.inode, changed, () -> {
            long handle = fs().open(null, source, false, false).handle();
            try {
                Holes.check(fs(), handle, from);
                long shared = fs().share(handle, sourceOffset, target.handle, offset, wanted);
                if (shared != length) {
                    throw new AssertionError("shared " + shared + " bytes, not " + length);
                }
            } catch (PoolException e) {
                if (e.reason() != Reason.UNSUPPORTED) {
                    throw e;
                }
                fs().write(target.handle, offset, ByteBuffer.wrap(from, sourceOffset, length));
            } finally {
                fs().release(handle);
            }
            return target.inode;
        });
    }

    private void truncate(long a, long b, long c, boolean grow) throws PoolException {
        Open file = c % 2 == 0 ? handle(a, true) : null;
        long inode = file == null ? regular(a) : file.inode;
        if (inode == 0) {
            return;
        }
        byte[] old = tree.get(inode).content();
        int size = grow ? (int) (old.length + b % 20_000) : (int) (b % (old.length + 1));
        if (size > setting.maxFileBytes()) {
            return;
        }
        content(inode, Arrays.copyOf(old, size), () -> {
            fs().setAttributes(
                            null,
                            inode,
                            file == null ? null : file.handle,
                            new AttributeChange(null, null, null, (long) size, null, null));
            return inode;
        });
    }

    private void punch(@Nullable Open file, long b, long c, Allocation how) throws PoolException {
        if (file == null) {
            return;
        }
        byte[] old = tree.get(file.inode).content();
        int offset = offset(b, old.length);
        int length = length(c);
        int end = Math.min(offset + length, old.length);
        byte[] changed = old.clone();
        if (offset < end && !tree.get(file.inode).wild()) {
            Versions versions = setting.versions(file.inode, false);
            Arrays.fill(changed, offset, Math.min(end, (offset + 4095) & -4096), (byte) 0);
            versions.add(changed);
            Arrays.fill(changed, offset, Math.max(offset, Math.min(end, end & -4096)), (byte) 0);
            versions.add(changed);
        }
        if (offset < end) {
            Arrays.fill(changed, offset, end, (byte) 0);
        }
        content(file.inode, changed, () -> {
            fs().allocate(file.handle, how, offset, length);
            return file.inode;
        });
    }

    private void read(@Nullable Open file, long b, long c) throws PoolException {
        if (file == null) {
            return;
        }
        Node node = tree.get(file.inode);
        byte[] content = node.content();
        int offset = offset(b, content.length);
        int length = length(c);
        ByteBuffer got = ByteBuffer.allocate(length);
        int count;
        try {
            count = fs().read(file.handle, offset, got);
        } catch (PoolException e) {
            setting.requireTroubleOfRemotes(e, "read of inode " + file.inode, file.inode);
            return;
        }
        if (node.wild()) {
            return;
        }
        byte[] expected = offset >= content.length
                ? new byte[0]
                : Arrays.copyOfRange(content, offset, Math.min(offset + length, content.length));
        byte[] found = Arrays.copyOf(got.array(), count);
        if (!Arrays.equals(found, expected)) {
            throw new AssertionError("read of inode " + file.inode + " at " + offset + "+" + length + " gave " + count
                    + " bytes of " + expected.length + ", wrong from " + Arrays.mismatch(found, expected)
                    + "; its size is " + content.length);
        }
    }

    private void readAll(long inode) throws PoolException {
        if (inode == 0) {
            return;
        }
        try {
            new Comparison(setting.fs(), tree).content(inode, "inode " + inode);
        } catch (PoolException e) {
            setting.requireTroubleOfRemotes(e, "read of inode " + inode, inode);
        }
    }

    private void sync(@Nullable Open file) throws PoolException {
        if (file == null) {
            return;
        }
        Versions versions = setting.versions(file.inode, false);
        int version = versions.last();
        Promise promise = setting.promiseNow();
        List<Place> names = tree.places(file.inode);
        try {
            setting.sync(file.handle);
        } catch (PoolException e) {
            setting.requireTrouble(e, "fsync of inode " + file.inode, file.inode);
            return;
        }
        if (names.isEmpty()) {
            return;
        }
        if (tree.get(file.inode).wild()) {
            setting.kept(promise, tree, names);
            return;
        }
        versions.durable(version, setting.isFsyncLocal());
        setting.kept(promise, tree, names);
    }

    private void syncDirectory() throws PoolException {
        Promise promise = setting.promiseNow();
        try {
            fs().syncDirectory(tree.root());
        } catch (PoolException e) {
            setting.requireTrouble(e, "fsync of a directory", 0);
            return;
        }
        setting.kept(promise, tree, List.of());
    }

    private void flush(@Nullable Open file) throws PoolException {
        if (file != null) {
            fs().flush(file.handle);
        }
    }

    private void close(@Nullable Open file) throws PoolException {
        if (file == null) {
            return;
        }
        fs().flush(file.handle);
        fs().release(file.handle);
        handles.remove(file);
        if (tree.links(file.inode) == 0 && handles.stream().noneMatch(each -> each.inode == file.inode)) {
            tree = tree.copy().drop(file.inode);
        }
    }

    /** As editors save: a new file beside the old one, renamed over it. */
    private void save(Place at, long b, long c) throws PoolException {
        Place beside = new Place(at.parent(), "tmp");
        if (tree.at(beside) != null
                || (tree.at(at) != null && !tree.get(tree.at(at)).isRegular())) {
            return;
        }
        create(beside, b);
        Long made = tree.at(beside);
        if (made == null) {
            return;
        }
        Open file = handles.get(handles.size() - 1);
        write(file, b, c, true);
        if (c % 3 == 0) {
            sync(file);
        }
        close(file);
        if (tree.at(beside) != null) {
            rename(beside, at, RenameMode.REPLACE);
        }
    }

    // ---- making changes

    private void content(long inode, byte[] changed, Call call) throws PoolException {
        Node node = tree.get(inode);
        boolean wild = node.wild() && changed.length > 0;
        Versions versions = setting.versions(inode, false);
        if (wild) {
            versions.unknown();
        } else {
            versions.add(changed);
        }
        change(tree.copy().put(inode, node.withContent(changed).withWild(wild)), inode, call);
    }

    private void change(Tree after, long mixed, Call call) throws PoolException {
        pending = new Pending(tree, after, mixed);
        try {
            after.made(call.run());
            tree = after;
        } catch (PoolException e) {
            setting.requireTrouble(e, "a change", mixed);
            tree = whatHappened(pending);
        }
        pending = null;
    }

    /** Which of the two a change that failed has led to. */
    private Tree whatHappened(Pending failed) throws PoolException {
        if (failed.mixed != 0) {
            Node node = failed.before.get(failed.mixed);
            byte[] now = Comparison.tryToRead(fs(), failed.mixed);
            Versions versions = setting.versions(failed.mixed, false);
            if (now == null) {
                versions.unknown();
                return failed.before.copy().put(failed.mixed, node.withWild(true));
            }
            if (!node.wild()) {
                Comparison.requireMix(
                        now, node.content(), failed.after.get(failed.mixed).content(), "inode " + failed.mixed);
            }
            versions.add(now);
            versions.loose();
            return failed.before.copy().put(failed.mixed, node.withContent(now).withWild(false));
        }
        String notBefore = new Comparison(fs(), failed.before).objection();
        if (notBefore.isEmpty()) {
            return failed.before;
        }
        String notAfter = new Comparison(fs(), failed.after).objection();
        if (notAfter.isEmpty()) {
            return failed.after;
        }
        throw new AssertionError("a change that failed left neither what was (" + notBefore + ") nor what was wanted ("
                + notAfter + ")");
    }

    private void expect(Reason reason, Refused call) throws PoolException {
        try {
            call.run();
        } catch (PoolException e) {
            if (e.reason() != reason) {
                setting.requireTrouble(e, "what should be refused with " + reason, 0);
            }
            return;
        }
        throw new AssertionError("what should be refused with " + reason + " was not");
    }

    @FunctionalInterface
    private interface Refused {
        void run() throws PoolException;
    }

    private PoolFileSystem fs() {
        return setting.fs();
    }

    private static FileName name(Place place) throws PoolException {
        return FileName.of(place.name());
    }

    private static int offset(long b, int size) {
        return switch ((int) (b % 4)) {
            case 0 -> 0;
            case 1 -> (int) (b % (size + 1)) & -4096;
            case 2 -> (int) (b % (size + 5000));
            default -> (int) (b % (size + 1));
        };
    }

    private static int length(long c) {
        return 1
                + (int)
                        switch ((int) (c % 8)) {
                            case 0, 1, 2 -> c % 300;
                            case 3, 4 -> c % 5000;
                            case 5 -> 4095;
                            case 6 -> c % 30_000;
                            default -> c % 130_000;
                        };
    }
}
