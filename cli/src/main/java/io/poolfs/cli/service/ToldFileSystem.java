package io.poolfs.cli.service;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RequestId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pool's file system for commands: what they change behind the kernel's back, the kernel is told. */
final class ToldFileSystem implements PoolFileSystem {
    private final PoolFileSystem fs;
    private final Supplier<KernelView> kernel;
    /** Inode by handle, of handles that can write. */
    private final ConcurrentMap<Long, Long> writing = new ConcurrentHashMap<>();

    ToldFileSystem(PoolFileSystem fs, Supplier<KernelView> kernel) {
        this.fs = fs;
        this.kernel = kernel;
    }

    @Override
    public Inode lookup(long parent, FileName name) throws PoolException {
        return fs.lookup(parent, name);
    }

    @Override
    public Inode attributes(long inode) throws PoolException {
        return fs.attributes(inode);
    }

    @Override
    public Inode setAttributes(@Nullable RequestId request, long inode, @Nullable Long handle, AttributeChange change)
            throws PoolException {
        Inode changed = fs.setAttributes(request, inode, handle, change);
        kernel.get().changed(inode);
        return changed;
    }

    @Override
    public Inode makeNode(@Nullable RequestId request, Caller caller, long parent, FileName name, int mode, long device)
            throws PoolException {
        Inode made = fs.makeNode(request, caller, parent, name, mode, device);
        tellEntry(parent, name);
        return made;
    }

    @Override
    public Inode makeDirectory(@Nullable RequestId request, Caller caller, long parent, FileName name, int permissions)
            throws PoolException {
        Inode made = fs.makeDirectory(request, caller, parent, name, permissions);
        tellEntry(parent, name);
        return made;
    }

    @Override
    public Inode makeSymlink(@Nullable RequestId request, Caller caller, long parent, FileName name, byte[] target)
            throws PoolException {
        Inode made = fs.makeSymlink(request, caller, parent, name, target);
        tellEntry(parent, name);
        return made;
    }

    @Override
    public Inode link(@Nullable RequestId request, long inode, long newParent, FileName newName) throws PoolException {
        Inode linked = fs.link(request, inode, newParent, newName);
        tellEntry(newParent, newName);
        kernel.get().changed(inode);
        return linked;
    }

    @Override
    public void unlink(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        fs.unlink(request, parent, name);
        tellEntry(parent, name);
    }

    @Override
    public void removeDirectory(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        fs.removeDirectory(request, parent, name);
        tellEntry(parent, name);
    }

    @Override
    public void rename(
            @Nullable RequestId request, long parent, FileName name, long newParent, FileName newName, RenameMode mode)
            throws PoolException {
        fs.rename(request, parent, name, newParent, newName, mode);
        tellEntry(parent, name);
        tellEntry(newParent, newName);
    }

    @Override
    public byte[] readLink(long inode) throws PoolException {
        return fs.readLink(inode);
    }

    @Override
    public Opened create(
            @Nullable RequestId request, Caller caller, long parent, FileName name, int permissions, boolean writable)
            throws PoolException {
        Opened opened = fs.create(request, caller, parent, name, permissions, writable);
        tellEntry(parent, name);
        remember(opened, writable);
        return opened;
    }

    @Override
    public Opened open(@Nullable RequestId request, long inode, boolean writable, boolean truncate)
            throws PoolException {
        Opened opened = fs.open(request, inode, writable, truncate);
        if (truncate) {
            kernel.get().changed(inode);
        }
        remember(opened, writable);
        return opened;
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        return fs.read(handle, offset, dst);
    }

    @Override
    public boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException {
        return fs.isLocal(handle, offset, lengthBytes, write);
    }

    @Override
    public void write(long handle, long offset, ByteBuffer src) throws PoolException {
        fs.write(handle, offset, src);
        tellContent(writing.get(handle));
    }

    @Override
    public void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException {
        fs.allocate(handle, allocation, offset, lengthBytes);
        tellContent(writing.get(handle));
    }

    @Override
    public long seek(long handle, Seek what, long offset) throws PoolException {
        return fs.seek(handle, what, offset);
    }

    @Override
    public long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes)
            throws PoolException {
        long shared = fs.share(source, sourceOffset, target, targetOffset, lengthBytes);
        tellContent(writing.get(target));
        return shared;
    }

    @Override
    public void flush(long handle) throws PoolException {
        fs.flush(handle);
    }

    @Override
    public void release(long handle) {
        fs.release(handle);
        tellContent(writing.remove(handle));
    }

    @Override
    public void sync(long handle) throws PoolException {
        fs.sync(handle);
    }

    @Override
    public void syncDirectory(long inode) throws PoolException {
        fs.syncDirectory(inode);
    }

    @Override
    public long openDirectory(long inode) throws PoolException {
        return fs.openDirectory(inode);
    }

    @Override
    public void readDirectory(long handle, long cookie, EntryVisitor visitor) throws PoolException {
        fs.readDirectory(handle, cookie, visitor);
    }

    @Override
    public void releaseDirectory(long handle) {
        fs.releaseDirectory(handle);
    }

    @Override
    public byte[] getXattr(long inode, byte[] name) throws PoolException {
        return fs.getXattr(inode, name);
    }

    @Override
    public void setXattr(@Nullable RequestId request, long inode, byte[] name, byte[] value, XattrMode mode)
            throws PoolException {
        fs.setXattr(request, inode, name, value, mode);
        kernel.get().changed(inode);
    }

    @Override
    public List<byte[]> listXattrs(long inode) throws PoolException {
        return fs.listXattrs(inode);
    }

    @Override
    public void removeXattr(@Nullable RequestId request, long inode, byte[] name) throws PoolException {
        fs.removeXattr(request, inode, name);
        kernel.get().changed(inode);
    }

    @Override
    public Space space() throws PoolException {
        return fs.space();
    }

    private void remember(Opened opened, boolean writable) {
        if (writable) {
            writing.put(opened.handle(), opened.inode().number());
        }
    }

    private void tellContent(@Nullable Long inode) {
        if (inode != null) {
            kernel.get().changed(inode);
        }
    }

    /** The directory too: the kernel keeps listings, also of names that it has never looked up. */
    private void tellEntry(long parent, FileName name) {
        kernel.get().entryChanged(parent, name);
        kernel.get().changed(parent);
    }
}
