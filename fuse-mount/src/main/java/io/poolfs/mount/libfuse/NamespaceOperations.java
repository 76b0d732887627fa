package io.poolfs.mount.libfuse;

import static io.poolfs.mount.libfuse.OperationTable.Slot;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.FailureLog;
import io.poolfs.mount.session.Modes;
import io.poolfs.mount.system.Native;

/** Names: looking up, making, linking, removing, renaming. */
final class NamespaceOperations extends Operations {
    private final LowLevelFuse fuse;

    NamespaceOperations(PoolFileSystem fs, FailureLog failures, LowLevelFuse fuse) {
        super(fs, failures);
        this.fuse = fuse;
    }

    @Override
    void register(OperationTable table) {
        table.set(Slot.LOOKUP, Callbacks.LLL.class, this::lookup);
        table.set(Slot.FORGET, Callbacks.LLL.class, this::forget);
        table.set(Slot.FORGET_MULTI, Callbacks.LLL.class, this::forget);
        table.set(Slot.MKNOD, Callbacks.LLLIL.class, this::makeNode);
        table.set(Slot.MKDIR, Callbacks.LLLI.class, this::makeDirectory);
        table.set(Slot.SYMLINK, Callbacks.LLLL.class, this::makeSymlink);
        table.set(Slot.READLINK, Callbacks.LL.class, this::readLink);
        table.set(Slot.LINK, Callbacks.LLLL.class, this::link);
        table.set(Slot.UNLINK, Callbacks.LLL.class, this::unlink);
        table.set(Slot.RMDIR, Callbacks.LLL.class, this::removeDirectory);
        table.set(Slot.RENAME, Callbacks.LLLLL.class, this::rename);
    }

    private void lookup(long request, long parent, long name) {
        answer("lookup", request, parent, replies -> {
            Inode found;
            try {
                found = fs.lookup(parent, name(name));
            } catch (PoolException e) {
                if (e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
                replies.absentEntry(request);
                return;
            }
            replies.entry(request, found);
        });
    }

    /** The pool does not count who knows an inode: what is open is held by its handle. */
    private void forget(long request, long inodeOrCount, long ignored) {
        answer("forget", request, inodeOrCount, replies -> replies.none(request));
    }

    private void makeNode(long request, long parent, long name, int mode, long device) {
        answer(
                "mknod",
                request,
                parent,
                replies ->
                        replies.entry(request, fs.makeNode(null, caller(request), parent, name(name), mode, device)));
    }

    private void makeDirectory(long request, long parent, long name, int mode) {
        answer("mkdir", request, parent, replies -> {
            int permissions = mode & Modes.PERMISSIONS;
            replies.entry(request, fs.makeDirectory(null, caller(request), parent, name(name), permissions));
        });
    }

    private void makeSymlink(long request, long target, long parent, long name) {
        answer(
                "symlink",
                request,
                parent,
                replies -> replies.entry(
                        request, fs.makeSymlink(null, caller(request), parent, name(name), Native.string(target))));
    }

    private void readLink(long request, long inode) {
        answer("readlink", request, inode, replies -> replies.data(request, fs.readLink(inode)));
    }

    private void link(long request, long inode, long newParent, long newName) {
        answer(
                "link",
                request,
                inode,
                replies -> replies.entry(request, fs.link(null, inode, newParent, name(newName))));
    }

    private void unlink(long request, long parent, long name) {
        answer("unlink", request, parent, replies -> {
            fs.unlink(null, parent, name(name));
            replies.ok(request);
        });
    }

    private void removeDirectory(long request, long parent, long name) {
        answer("rmdir", request, parent, replies -> {
            fs.removeDirectory(null, parent, name(name));
            replies.ok(request);
        });
    }

    private void rename(long request, long parent, long name, long newParent, long newName) {
        answer("rename", request, parent, replies -> {
            FileName from = name(name);
            fs.rename(null, parent, from, newParent, name(newName), RenameMode.REPLACE);
            replies.ok(request);
        });
    }

    private Caller caller(long request) {
        return Requester.of(fuse, request);
    }
}
