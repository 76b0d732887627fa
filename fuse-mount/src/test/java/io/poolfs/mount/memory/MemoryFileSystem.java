package io.poolfs.mount.memory;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RequestId;
import io.poolfs.mount.memory.Node.Child;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A complete POSIX file system in memory. One lock for the names and attributes, one per file for its content. Tests
 * subclass it to watch or disturb single operations.
 */
public class MemoryFileSystem implements PoolFileSystem {
    private static final int SET_GROUP_ID = 02000;
    private static final long SPACE_BYTES = 64L << 30;
    private static final long SPACE_INODES = 10_000_000;

    private final Content.Factory contents;
    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final Map<Long, Node> directories = new ConcurrentHashMap<>();
    private final OpenFiles files = new OpenFiles(this::release);
    private final AtomicLong nextNumber = new AtomicLong(Inode.ROOT + 1);
    private final AtomicLong nextHandle = new AtomicLong(1);
    private final AtomicLong nextCookie = new AtomicLong(3);

    /** With content on the heap. */
    public MemoryFileSystem() {
        this(HeapContent::new);
    }

    private MemoryFileSystem(Content.Factory contents) {
        this.contents = contents;
        Node root = new Node(Inode.ROOT, FileType.DIRECTORY.modeBits() | 0755, 0, 0, contents.newContent(), now());
        root.parent = root;
        nodes.put(root.number, root);
    }

    /** With content in files of the directory, which is best in tmpfs: for measurements. */
    public static MemoryFileSystem backedBy(Path directory) {
        return new MemoryFileSystem(() -> new FileContent(directory));
    }

    @Override
    public Inode lookup(long parent, FileName name) throws PoolException {
        synchronized (this) {
            return child(directory(parent), name).node().view();
        }
    }

    @Override
    public Inode attributes(long inode) throws PoolException {
        synchronized (this) {
            return node(inode).view();
        }
    }

    @Override
    public Inode setAttributes(@Nullable RequestId request, long inode, @Nullable Long handle, AttributeChange change)
            throws PoolException {
        Node node = node(inode);
        if (change.sizeBytes() != null) {
            files.resize(node, change.sizeBytes());
        }
        synchronized (this) {
            node.mode = change.permissions() == null ? node.mode : node.type() | change.permissions();
            node.owner = change.owner() == null ? node.owner : change.owner();
            node.group = change.group() == null ? node.group : change.group();
            node.accessNanos = change.accessNanos() == null ? node.accessNanos : change.accessNanos();
            node.changed(now());
            node.modifyNanos = change.modifyNanos() == null ? node.modifyNanos : change.modifyNanos();
            return node.view();
        }
    }

    @Override
    public Inode makeNode(@Nullable RequestId request, Caller caller, long parent, FileName name, int mode, long device)
            throws PoolException {
        synchronized (this) {
            Node node = make(caller, parent, name, mode);
            node.device = device;
            return node.view();
        }
    }

    @Override
    public Inode makeDirectory(@Nullable RequestId request, Caller caller, long parent, FileName name, int permissions)
            throws PoolException {
        synchronized (this) {
            Node node = make(caller, parent, name, FileType.DIRECTORY.modeBits() | permissions);
            node.parent = directory(parent);
            node.parent.links++;
            return node.view();
        }
    }

    @Override
    public Inode makeSymlink(@Nullable RequestId request, Caller caller, long parent, FileName name, byte[] target)
            throws PoolException {
        synchronized (this) {
            Node node = make(caller, parent, name, FileType.SYMLINK.modeBits() | 0777);
            node.target = target;
            return node.view();
        }
    }

    @Override
    public Inode link(@Nullable RequestId request, long inode, long newParent, FileName newName) throws PoolException {
        synchronized (this) {
            Node node = node(inode);
            if (node.isDirectory()) {
                throw new PoolException(Reason.NOT_PERMITTED, "hard link to directory " + inode);
            }
            if (node.links == 0) {
                throw new PoolException(Reason.NOT_FOUND, "inode " + inode + " is unlinked");
            }
            attach(directory(newParent), newName, node);
            node.links++;
            node.changed(now());
            return node.view();
        }
    }

    @Override
    public void unlink(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        synchronized (this) {
            Node directory = directory(parent);
            Child child = child(directory, name);
            if (child.node().isDirectory()) {
                throw new PoolException(Reason.IS_DIRECTORY, name + " is a directory");
            }
            detach(directory, child);
            dropLink(child.node());
        }
    }

    @Override
    public void removeDirectory(@Nullable RequestId request, long parent, FileName name) throws PoolException {
        synchronized (this) {
            Node directory = directory(parent);
            Child child = child(directory, name);
            requireEmptyDirectory(child.node());
            detach(directory, child);
            dropDirectory(directory, child.node());
        }
    }

    @Override
    public void rename(
            @Nullable RequestId request, long parent, FileName name, long newParent, FileName newName, RenameMode mode)
            throws PoolException {
        if (mode == RenameMode.EXCHANGE) {
            throw new PoolException(Reason.UNSUPPORTED, "no exchange in memory");
        }
        synchronized (this) {
            Node from = directory(parent);
            Node to = directory(newParent);
            Child moved = child(from, name);
            Child replaced = to.children.get(newName);
            if (replaced != null && replaced.node() == moved.node()) {
                return;
            }
            if (replaced != null) {
                if (mode == RenameMode.NO_REPLACE) {
                    throw new PoolException(Reason.EXISTS, newName + " exists");
                }
                requireReplaceable(moved.node(), replaced.node());
            }
            requireOutside(moved.node(), to);
            if (replaced != null) {
                detach(to, replaced);
                if (replaced.node().isDirectory()) {
                    dropDirectory(to, replaced.node());
                } else {
                    dropLink(replaced.node());
                }
            }
            detach(from, moved);
            attach(to, newName, moved.node());
            moved.node().changed(now());
            if (moved.node().isDirectory()) {
                moved.node().parent = to;
                from.links--;
                to.links++;
            }
        }
    }

    @Override
    public byte[] readLink(long inode) throws PoolException {
        byte[] target = node(inode).target;
        if (target == null) {
            throw new PoolException(Reason.INVALID, "inode " + inode + " is no symlink");
        }
        return target;
    }

    @Override
    public Opened create(
            @Nullable RequestId request, Caller caller, long parent, FileName name, int permissions, boolean writable)
            throws PoolException {
        synchronized (this) {
            Node node = make(caller, parent, name, FileType.REGULAR.modeBits() | permissions);
            node.opened++;
            return new Opened(files.add(node, writable), node.view());
        }
    }

    @Override
    public Opened open(@Nullable RequestId request, long inode, boolean writable, boolean truncate)
            throws PoolException {
        Node node;
        synchronized (this) {
            node = node(inode);
            if (!node.isRegular()) {
                throw new PoolException(Reason.INVALID, "inode " + inode + " is no regular file");
            }
            node.opened++;
        }
        long handle = files.add(node, writable);
        if (truncate) {
            files.resize(node, 0);
        }
        return new Opened(handle, node.view());
    }

    @Override
    public int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        return files.read(handle, offset, dst);
    }

    @Override
    public boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException {
        files.node(handle);
        return true;
    }

    @Override
    public void write(long handle, long offset, ByteBuffer src) throws PoolException {
        files.write(handle, offset, src);
    }

    @Override
    public void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException {
        files.allocate(handle, allocation, offset, lengthBytes);
    }

    @Override
    public long seek(long handle, Seek what, long offset) throws PoolException {
        return files.seek(handle, what, offset);
    }

    @Override
    public long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes)
            throws PoolException {
        return files.share(source, sourceOffset, target, targetOffset, lengthBytes);
    }

    protected final long sizeOf(long handle) throws PoolException {
        return files.node(handle).sizeBytes;
    }

    @Override
    public void flush(long handle) throws PoolException {
        files.node(handle);
    }

    @Override
    public void release(long handle) {
        files.remove(handle);
    }

    @Override
    public void sync(long handle) throws PoolException {
        files.node(handle);
    }

    @Override
    public void syncDirectory(long inode) throws PoolException {
        directory(inode);
    }

    @Override
    public long openDirectory(long inode) throws PoolException {
        long handle = nextHandle.incrementAndGet();
        directories.put(handle, directory(inode));
        return handle;
    }

    @Override
    public void readDirectory(long handle, long cookie, EntryVisitor visitor) throws PoolException {
        Node directory = directories.get(handle);
        if (directory == null) {
            throw new PoolException(Reason.BAD_HANDLE, "directory handle " + handle);
        }
        Node parent = directory.parent == null ? directory : directory.parent;
        if (cookie < 1 && !visitor.visit(new Entry(FileName.DOT, directory.number, directory.type(), 1))) {
            return;
        }
        if (cookie < 2 && !visitor.visit(new Entry(FileName.DOT_DOT, parent.number, parent.type(), 2))) {
            return;
        }
        for (Child child : directory.order.tailMap(cookie, false).values()) {
            Node node = child.node();
            if (!visitor.visit(new Entry(child.name(), node.number, node.type(), child.cookie()))) {
                return;
            }
        }
    }

    @Override
    public void releaseDirectory(long handle) {
        directories.remove(handle);
    }

    @Override
    public byte[] getXattr(long inode, byte[] name) throws PoolException {
        synchronized (this) {
            byte[] value = node(inode).xattrs.get(text(name));
            if (value == null) {
                throw new PoolException(Reason.NO_ATTRIBUTE, "no attribute " + text(name));
            }
            return value;
        }
    }

    @Override
    public void setXattr(@Nullable RequestId request, long inode, byte[] name, byte[] value, XattrMode mode)
            throws PoolException {
        synchronized (this) {
            Node node = node(inode);
            boolean exists = node.xattrs.containsKey(text(name));
            if (mode == XattrMode.CREATE && exists) {
                throw new PoolException(Reason.EXISTS, text(name));
            }
            if (mode == XattrMode.REPLACE && !exists) {
                throw new PoolException(Reason.NO_ATTRIBUTE, text(name));
            }
            node.xattrs.put(text(name), value);
            node.changed(now());
        }
    }

    @Override
    public List<byte[]> listXattrs(long inode) throws PoolException {
        synchronized (this) {
            return node(inode).xattrs.keySet().stream()
                    .map(name -> name.getBytes(StandardCharsets.ISO_8859_1))
                    .toList();
        }
    }

    @Override
    public void removeXattr(@Nullable RequestId request, long inode, byte[] name) throws PoolException {
        synchronized (this) {
            Node node = node(inode);
            if (node.xattrs.remove(text(name)) == null) {
                throw new PoolException(Reason.NO_ATTRIBUTE, text(name));
            }
            node.changed(now());
        }
    }

    @Override
    public Space space() {
        return new Space(SPACE_BYTES, SPACE_BYTES / 2, true, SPACE_INODES, SPACE_INODES - nodes.size());
    }

    /** How many files are open now. */
    public int openFiles() {
        return files.count();
    }

    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private Node make(Caller caller, long parent, FileName name, int mode) throws PoolException {
        Node directory = directory(parent);
        boolean inherits = (directory.mode & SET_GROUP_ID) != 0;
        int group = inherits ? directory.group : caller.gid();
        boolean isDirectory = FileType.ofMode(mode) == FileType.DIRECTORY;
        int allBits = inherits && isDirectory ? mode | SET_GROUP_ID : mode;
        Node node = new Node(nextNumber.getAndIncrement(), allBits, caller.uid(), group, contents.newContent(), now());
        attach(directory, name, node);
        nodes.put(node.number, node);
        return node;
    }

    private void attach(Node directory, FileName name, Node node) throws PoolException {
        if (directory.links == 0) {
            throw new PoolException(Reason.NOT_FOUND, "directory " + directory.number + " is removed");
        }
        Child child = new Child(name, node, nextCookie.getAndIncrement());
        if (directory.children.putIfAbsent(name, child) != null) {
            throw new PoolException(Reason.EXISTS, name + " exists in " + directory.number);
        }
        directory.order.put(child.cookie(), child);
        directory.modified(now());
    }

    private static void detach(Node directory, Child child) {
        directory.children.remove(child.name());
        directory.order.remove(child.cookie());
        directory.modified(now());
    }

    private void dropLink(Node node) {
        node.links--;
        node.changed(now());
        dropIfUnused(node);
    }

    private void dropDirectory(Node parent, Node directory) {
        parent.links--;
        directory.links = 0;
        nodes.remove(directory.number);
    }

    private void dropIfUnused(Node node) {
        if (node.links == 0 && node.opened == 0) {
            nodes.remove(node.number);
            files.discard(node);
        }
    }

    private void release(Node node) {
        synchronized (this) {
            node.opened--;
            dropIfUnused(node);
        }
    }

    private static void requireReplaceable(Node moved, Node replaced) throws PoolException {
        if (moved.isDirectory()) {
            requireEmptyDirectory(replaced);
        } else if (replaced.isDirectory()) {
            throw new PoolException(Reason.IS_DIRECTORY, "a file cannot replace directory " + replaced.number);
        }
    }

    private static void requireEmptyDirectory(Node node) throws PoolException {
        if (!node.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + node.number + " is no directory");
        }
        if (!node.children.isEmpty()) {
            throw new PoolException(Reason.NOT_EMPTY, "directory " + node.number + " is not empty");
        }
    }

    private static void requireOutside(Node moved, Node target) throws PoolException {
        for (Node above = target; above != null && above != above.parent; above = above.parent) {
            if (above == moved) {
                throw new PoolException(Reason.INVALID, "a directory cannot be moved into itself");
            }
        }
    }

    private static Child child(Node directory, FileName name) throws PoolException {
        Child child = directory.children.get(name);
        if (child == null) {
            throw new PoolException(Reason.NOT_FOUND, name + " is not in " + directory.number);
        }
        return child;
    }

    private Node directory(long inode) throws PoolException {
        Node node = node(inode);
        if (!node.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, "inode " + inode + " is no directory");
        }
        return node;
    }

    private Node node(long inode) throws PoolException {
        Node node = nodes.get(inode);
        if (node == null) {
            throw new PoolException(Reason.STALE, "inode " + inode + " is gone");
        }
        return node;
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
