package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.Modes;

/** Names: looking up, making, linking, removing, renaming. */
final class NameOperations {
    private final PoolFileSystem fs;

    NameOperations(PoolFileSystem fs) {
        this.fs = fs;
    }

    void lookup(Request request, Reply reply) throws PoolException {
        Inode found;
        try {
            found = fs.lookup(request.node(), request.name(0));
        } catch (PoolException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            reply.absentEntry();
            return;
        }
        reply.entry(found);
    }

    void makeNode(Request request, Reply reply) throws PoolException {
        request.require(Abi.MknodIn.SIZE);
        int mode = request.getInt(Abi.MknodIn.MODE);
        long device = Integer.toUnsignedLong(request.getInt(Abi.MknodIn.RDEV));
        FileName name = request.name(Abi.MknodIn.SIZE);
        reply.entry(fs.makeNode(null, request.caller(), request.node(), name, mode, device));
    }

    void makeDirectory(Request request, Reply reply) throws PoolException {
        request.require(Abi.MkdirIn.SIZE);
        int permissions = request.getInt(Abi.MkdirIn.MODE) & Modes.PERMISSIONS;
        FileName name = request.name(Abi.MkdirIn.SIZE);
        reply.entry(fs.makeDirectory(null, request.caller(), request.node(), name, permissions));
    }

    void makeSymlink(Request request, Reply reply) throws PoolException {
        FileName name = request.name(0);
        byte[] target = request.string(name.length() + 1);
        reply.entry(fs.makeSymlink(null, request.caller(), request.node(), name, target));
    }

    void readLink(Request request, Reply reply) throws PoolException {
        reply.bytes(fs.readLink(request.node()));
    }

    void link(Request request, Reply reply) throws PoolException {
        request.require(Abi.LinkIn.SIZE);
        long inode = request.getLong(Abi.LinkIn.OLDNODEID);
        reply.entry(fs.link(null, inode, request.node(), request.name(Abi.LinkIn.SIZE)));
    }

    void unlink(Request request, Reply reply) throws PoolException {
        fs.unlink(null, request.node(), request.name(0));
        reply.ok();
    }

    void removeDirectory(Request request, Reply reply) throws PoolException {
        fs.removeDirectory(null, request.node(), request.name(0));
        reply.ok();
    }

    void rename(Request request, Reply reply) throws PoolException {
        request.require(Abi.RenameIn.SIZE);
        rename(request, reply, Abi.RenameIn.SIZE, RenameMode.REPLACE);
    }

    void renameWithFlags(Request request, Reply reply) throws PoolException {
        request.require(Abi.RenameIn.SIZE_WITH_FLAGS);
        int flags = request.getInt(Abi.RenameIn.FLAGS);
        RenameMode mode =
                switch (flags) {
                    case 0 -> RenameMode.REPLACE;
                    case Abi.RenameIn.NOREPLACE -> RenameMode.NO_REPLACE;
                    case Abi.RenameIn.EXCHANGE -> RenameMode.EXCHANGE;
                    default ->
                        throw new PoolException(Reason.INVALID, "renameat2 flags 0x" + Integer.toHexString(flags));
                };
        rename(request, reply, Abi.RenameIn.SIZE_WITH_FLAGS, mode);
    }

    private void rename(Request request, Reply reply, int names, RenameMode mode) throws PoolException {
        FileName from = request.name(names);
        FileName to = request.name(names + from.length() + 1);
        fs.rename(null, request.node(), from, request.getLong(Abi.RenameIn.NEWDIR), to, mode);
        reply.ok();
    }
}
