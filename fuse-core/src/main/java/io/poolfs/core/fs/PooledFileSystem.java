package io.poolfs.core.fs;

import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool's file system: names, attributes, contents and extended attributes put together.
 *
 * <p>Usable from any thread. Holds no lock of its own across I/O; closed by closing the parts it was given.
 */
public final class PooledFileSystem implements PoolFileSystem {
    private static final Logger LOG = LoggerFactory.getLogger(PooledFileSystem.class);
    private static final int MAX_TARGET_BYTES = 4095;

    private final Engine engine;
    private final OpenCounts counts = new OpenCounts();
    private final Attributes attributes;
    private final Namespace namespace;
    private final Contents contents;
    private final Xattrs xattrs;
    private final SpaceView space;
    private final HandleTable<OpenDirectory> directories = new HandleTable<>();

    public PooledFileSystem(Engine engine) {
        this.engine = engine;
        this.attributes = new Attributes(engine.metadata(), engine.images());
        this.namespace = new Namespace(engine.metadata(), engine.durability()::shippedTransaction, this::lostLastName);
        this.contents = new Contents(engine, counts);
        this.xattrs =
                new Xattrs(engine.metadata(), new FileReport(engine.metadata(), engine.images(), engine.remoteName()));
        this.space = new SpaceView(
                engine.metadata(),
                engine.remotes(),
                () -> engine.stager().status().stagedBytes());
    }

    /** Takes up what an earlier process left: room that is to come back. */
    public void start() throws PoolException {
        engine.metadata()
                .look(reader -> reader.orphans(orphan -> {
                    Inode inode = reader.inode(orphan.inode());
                    if (inode != null && inode.isRegular()) {
                        space.orphaned(inode.sizeBytes());
                    }
                    return true;
                }));
    }

    public ReadActivity reading() {
        return contents.activity();
    }

    /** Whether an inode is open: such an inode is not reaped. */
    public boolean isOpen(long inode) {
        return counts.isOpen(inode);
    }

    /** The inode was reaped: nothing of it is needed any more. */
    public void reaped(Inode inode) {
        engine.stager().forget(inode.number());
        engine.images().forget(inode.number());
        if (inode.isRegular()) {
            space.reaped(inode.sizeBytes());
        }
    }

    @Override
    public Inode lookup(long parent, FileName name) throws PoolException {
        return attributes.lookup(parent, name);
    }

    @Override
    public Inode attributes(long inode) throws PoolException {
        return attributes.of(inode);
    }

    @Override
    public Inode setAttributes(@Nullable RequestId request, long inode, @Nullable Long handle, AttributeChange change)
            throws PoolException {
        engine.writeGate().check();
        if (change.sizeBytes() != null) {
            contents.truncate(attributes.of(inode), handle, change.sizeBytes());
        }
        Long access = change.accessNanos();
        Long modify = change.modifyNanos();
        if ((access != null || modify != null) && contents.setPendingTimes(inode, access, modify)) {
            access = null;
            modify = null;
        }
        if (change.permissions() != null
                || change.owner() != null
                || change.group() != null
                || access != null
                || modify != null) {
            setJournaled(request, inode, change, access, modify);
        }
        return attributes.of(inode);
    }

    private void setJournaled(
            @Nullable RequestId request,
            long inode,
            AttributeChange change,
            @Nullable Long access,
            @Nullable Long modify)
            throws PoolException {
        new Requests(engine.metadata()).once(request, writer -> {
            writer.requireInode(inode);
            writer.apply(new Op.SetAttributes(
                    inode, change.permissions(), change.owner(), change.group(), access, modify, writer.nanos()));
            return inode;
        });
    }

    @Override
    public Inode makeNode(@Nullable RequestId request, Caller caller, long parent, FileName name, int mode, long device)
            throws PoolException {
        FileType type = FileType.ofMode(mode);
        if (type == FileType.DIRECTORY || type == FileType.SYMLINK) {
            throw new PoolException(Reason.INVALID, "a " + type.word() + " is not made by mknod");
        }
        Inode made = make(request, caller, new Op.Place(parent, name), mode, device, null);
        if (made.isRegular() && !made.hasCommittedContent() && !counts.isOpen(made.number())) {
            engine.stager().closedEmpty(made.number());
        }
        return made;
    }

    @Override
    public Inode makeDirectory(@Nullable RequestId request, Caller caller, long parent, FileName name, int permissions)
            throws PoolException {
        int mode = FileType.DIRECTORY.modeBits() | (permissions & 07777);
        return make(request, caller, new Op.Place(parent, name), mode, 0, null);
    }

    @Override
    public Inode makeSymlink(@Nullable RequestId request, Caller caller, long parent, FileName name, byte[] target)
            throws PoolException {
        if (target.length == 0 || target.length > MAX_TARGET_BYTES) {
            throw new PoolException(
                    target.length == 0 ? Reason.NOT_FOUND : Reason.NAME_TOO_LONG,
                    "symlink target of " + target.length + " bytes");
        }
        int mode = FileType.SYMLINK.modeBits() | 0777;
        return make(request, caller, new Op.Place(parent, name), mode, 0, target);
    }

    private Inode make(
            @Nullable RequestId request, Caller caller, Op.Place at, int mode, long device, byte @Nullable [] target)
            throws PoolException {
        engine.writeGate().check();
        return attributes.of(namespace.create(request, caller, at, mode, device, target));
    }

    @Override
    public Inode link(@Nullable RequestId request, long inode, long newParent, FileName newName) throws PoolException {
        engine.writeGate().check();
        namespace.link(request, inode, new Op.Place(newParent, newName));
        return attributes.of(inode);
    }

    @Override
    public void unlink(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        engine.writeGate().check();
        namespace.unlink(request, new Op.Place(parent, name));
    }

    @Override
    public void removeDirectory(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        engine.writeGate().check();
        namespace.removeDirectory(request, new Op.Place(parent, name));
    }

    @Override
    public void rename(
            @Nullable RequestId request, long parent, FileName name, long newParent, FileName newName, RenameMode mode)
            throws PoolException {
        engine.writeGate().check();
        namespace.rename(request, new Op.Place(parent, name), new Op.Place(newParent, newName), mode);
    }

    /** An inode whose last name has gone: what is not committed of it is of no use, unless it is still open. */
    private void lostLastName(Inode inode) {
        if (!inode.isRegular()) {
            return;
        }
        space.orphaned(inode.sizeBytes());
        if (!counts.isOpen(inode.number())) {
            dropUncommitted(inode.number());
        }
    }

    private void dropUncommitted(long inode) {
        engine.stager().forget(inode);
        engine.images().forget(inode);
    }

    @Override
    public byte[] readLink(long inode) throws PoolException {
        Inode link = attributes.of(inode);
        byte[] target = link.target();
        if (!link.isSymlink() || target == null) {
            throw new PoolException(Reason.INVALID, "inode " + inode + " is not a symlink");
        }
        return target;
    }

    @Override
    public Opened create(
            @Nullable RequestId request, Caller caller, long parent, FileName name, int permissions, boolean writable)
            throws PoolException {
        int mode = FileType.REGULAR.modeBits() | (permissions & 07777);
        Inode made = make(request, caller, new Op.Place(parent, name), mode, 0, null);
        return new Opened(contents.open(made, writable, false).handle(), made);
    }

    @Override
    public Opened open(@Nullable RequestId request, long inode, boolean writable, boolean truncate)
            throws PoolException {
        if (writable || truncate) {
            engine.writeGate().check();
        }
        Inode opened = engine.metadata().read(reader -> reader.requireInode(inode));
        if (!opened.isRegular()) {
            throw new PoolException(
                    opened.isDirectory() ? Reason.IS_DIRECTORY : Reason.INVALID,
                    "inode " + inode + " is not a regular file");
        }
        long handle = contents.open(opened, writable, truncate).handle();
        return new Opened(handle, attributes.of(inode));
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        return contents.read(handle, offset, dst);
    }

    @Override
    public boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException {
        return contents.isLocal(handle, offset, lengthBytes, write);
    }

    @Override
    public void write(long handle, long offset, ByteBuffer src) throws PoolException {
        engine.writeGate().check();
        contents.write(handle, offset, src);
    }

    @Override
    public void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException {
        engine.writeGate().check();
        contents.allocate(handle, allocation, offset, lengthBytes);
    }

    @Override
    public long seek(long handle, Seek what, long offset) throws PoolException {
        return contents.seek(handle, what, offset);
    }

    @Override
    public long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes)
            throws PoolException {
        engine.writeGate().check();
        return contents.share(source, sourceOffset, target, targetOffset, lengthBytes);
    }

    @Override
    public void flush(long handle) throws PoolException {
        contents.flush(handle);
    }

    @Override
    public void release(long handle) {
        Contents.Released released = contents.release(handle);
        if (released != null && released.last()) {
            dropIfNameless(released.inode());
        }
    }

    private void dropIfNameless(long inode) {
        try {
            boolean nameless = engine.metadata().read(reader -> {
                Inode left = reader.inode(inode);
                return left == null || left.links() == 0;
            });
            if (nameless) {
                dropUncommitted(inode);
            }
        } catch (PoolException e) {
            LOG.warn("cannot see whether inode {} still has a name: {}", inode, e.toString());
        }
    }

    @Override
    public @Nullable Path lendImage(long handle) throws PoolException {
        return contents.lend(handle);
    }

    @Override
    public void suspectImage(long handle) throws PoolException {
        contents.suspect(handle);
    }

    @Override
    public void imageReturned(long inode) {
        contents.loans().returned(inode);
    }

    @Override
    public boolean tendLoans() {
        return contents.loans().tend();
    }

    @Override
    public void sync(long handle) throws PoolException {
        contents.recheck(handle);
        engine.durability().sync(contents.inodeOf(handle));
    }

    @Override
    public void syncDirectory(long inode) throws PoolException {
        engine.durability().syncNamespace();
    }

    @Override
    public long openDirectory(long inode) throws PoolException {
        Inode directory = attributes.of(inode);
        if (!directory.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + inode + " is not a directory");
        }
        long handle = directories.nextNumber();
        Monitor monitor = engine.scheduler().newMonitor("directory " + inode);
        directories.put(handle, new OpenDirectory(engine.metadata(), monitor, inode));
        counts.opened(inode, false);
        return handle;
    }

    @Override
    public void readDirectory(long handle, long cookie, EntryVisitor visitor) throws PoolException {
        OpenDirectory directory = directories.require(handle);
        if (cookie == 0) {
            directory.rewind();
            int type = FileType.DIRECTORY.modeBits();
            if (!visitor.visit(new Entry(FileName.DOT, directory.inode(), type, 1))) {
                return;
            }
        }
        if (cookie <= 1) {
            long parent = engine.metadata().read(reader -> reader.parentOf(directory.inode()));
            if (!visitor.visit(new Entry(FileName.DOT_DOT, parent, FileType.DIRECTORY.modeBits(), 2))) {
                return;
            }
        }
        for (int index = Math.max(0, OpenDirectory.index(cookie)); ; index++) {
            Dentry entry = directory.at(index);
            if (entry == null
                    || !visitor.visit(new Entry(
                            entry.name(), entry.inode(), entry.typeBits(), OpenDirectory.cookieBehind(index)))) {
                return;
            }
        }
    }

    @Override
    public void releaseDirectory(long handle) {
        OpenDirectory directory = directories.remove(handle);
        if (directory != null) {
            counts.closed(directory.inode(), false);
        }
    }

    @Override
    public byte[] getXattr(long inode, byte[] name) throws PoolException {
        return xattrs.get(inode, name);
    }

    @Override
    public void setXattr(@Nullable RequestId request, long inode, byte[] name, byte[] value, XattrMode mode)
            throws PoolException {
        engine.writeGate().check();
        xattrs.set(request, inode, name, value, mode);
    }

    @Override
    public List<byte[]> listXattrs(long inode) throws PoolException {
        return xattrs.list(inode);
    }

    @Override
    public void removeXattr(@Nullable RequestId request, long inode, byte[] name) throws PoolException {
        engine.writeGate().check();
        xattrs.remove(request, inode, name);
    }

    @Override
    public Space space() throws PoolException {
        return space.space();
    }
}
