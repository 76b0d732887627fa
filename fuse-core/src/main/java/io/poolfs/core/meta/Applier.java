package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Applies ops to the records of one transaction: live changes and replay alike, so what it does depends on nothing but
 * the records, the op, and the transaction's number and time. Used by one thread.
 */
final class Applier {
    static final int MAX_XATTR_NAME_BYTES = 255;
    static final int MAX_XATTR_VALUE_BYTES = 1 << 16;
    static final int MAX_MEMBERS = 1000;
    static final int MAX_MEMBER_NAME_BYTES = 4096;

    private static final int PERMISSIONS = 07777;

    private final Tables tables;
    private final NamespaceOps namespace;
    private final ContentOps content;

    Applier(Tables tables, long transaction, long nanos) {
        this.tables = tables;
        Names names = new Names(tables, transaction);
        this.namespace = new NamespaceOps(tables, names);
        this.content = new ContentOps(tables, names, transaction, nanos);
    }

    /**
     * Returns false when the op changes nothing.
     *
     * @throws PoolException CORRUPT, LOCAL_IO or NO_SPACE: the transaction is useless from here on; any other reason:
     *     the op is impossible and nothing was changed
     */
    boolean apply(Op op) throws PoolException {
        if (op instanceof Op.Create create) {
            namespace.create(create);
        } else if (op instanceof Op.Link link) {
            namespace.link(link);
        } else if (op instanceof Op.Unlink unlink) {
            namespace.unlink(unlink);
        } else if (op instanceof Op.RemoveDirectory remove) {
            namespace.removeDirectory(remove);
        } else if (op instanceof Op.Rename rename) {
            return namespace.rename(rename);
        } else if (op instanceof Op.Restore restore) {
            namespace.restore(restore);
        } else if (op instanceof Op.SetAttributes attributes) {
            setAttributes(attributes);
        } else if (op instanceof Op.SetXattr xattr) {
            setXattr(xattr);
        } else if (op instanceof Op.AddChunk chunk) {
            content.addChunk(chunk);
        } else if (op instanceof Op.CommitContent commit) {
            content.commitContent(commit);
        } else if (op instanceof Op.Reap reap) {
            content.reap(reap);
        } else if (op instanceof Op.ForgetChunk forget) {
            content.forgetChunk(forget);
        } else if (op instanceof Op.Repoint repoint) {
            content.repoint(repoint);
        } else if (op instanceof Op.SetMembers members) {
            setMembers(members);
        } else {
            throw new PoolException(Reason.INTERNAL, "nothing applies " + op);
        }
        return true;
    }

    private void setAttributes(Op.SetAttributes op) throws PoolException {
        InodeRecord inode = tables.requireRecord(op.inode());
        Integer permissions = op.permissions();
        if (permissions != null && (permissions & ~PERMISSIONS) != 0) {
            throw new PoolException(Reason.INVALID, "permissions 0" + Integer.toOctalString(permissions));
        }
        if (permissions != null) {
            inode.mode = (inode.mode & ~PERMISSIONS) | permissions;
        }
        Integer owner = op.owner();
        if (owner != null) {
            inode.owner = owner;
        }
        Integer group = op.group();
        if (group != null) {
            inode.group = group;
        }
        Long accessNanos = op.accessNanos();
        if (accessNanos != null) {
            inode.accessNanos = accessNanos;
        }
        Long modifyNanos = op.modifyNanos();
        if (modifyNanos != null) {
            inode.modifyNanos = modifyNanos;
        }
        inode.changeNanos = op.nanos();
        tables.change(inode);
    }

    private void setXattr(Op.SetXattr op) throws PoolException {
        InodeRecord inode = tables.requireRecord(op.inode());
        byte[] name = op.name();
        byte[] value = op.value();
        if (name.length == 0 || name.length > MAX_XATTR_NAME_BYTES) {
            throw new PoolException(Reason.INVALID, "attribute name of " + name.length + " bytes");
        }
        if (value != null && value.length > MAX_XATTR_VALUE_BYTES) {
            throw new PoolException(Reason.TOO_LARGE, "attribute value of " + value.length + " bytes");
        }
        byte[] key = Keys.of(Keys.XATTR, op.inode(), name);
        if (value != null) {
            tables.put(key, value);
        } else if (tables.xattr(op.inode(), name) != null) {
            tables.delete(key);
        } else {
            throw new PoolException(
                    Reason.NO_ATTRIBUTE,
                    "inode " + op.inode() + " has no attribute \"" + new String(name, StandardCharsets.UTF_8) + "\"");
        }
        inode.changeNanos = op.nanos();
        tables.change(inode);
    }

    private void setMembers(Op.SetMembers op) throws PoolException {
        requireWellFormed(op);
        tables.put(Keys.MEMBERS, Records.members(new MetadataReader.Members(op.members(), op.writeQuorum())));
    }

    static void requireWellFormed(Op.SetMembers op) throws PoolException {
        Set<Object> distinct = new HashSet<>();
        for (Op.Member member : op.members()) {
            distinct.add(member.remote());
            if (member.name().getBytes(StandardCharsets.UTF_8).length > MAX_MEMBER_NAME_BYTES) {
                throw new PoolException(Reason.INVALID, "name of member " + member.remote() + " is too long");
            }
        }
        int count = op.members().size();
        if (count > MAX_MEMBERS || distinct.size() != count || op.writeQuorum() < 1 || op.writeQuorum() > count) {
            throw new PoolException(
                    Reason.INVALID,
                    count + " members (" + distinct.size() + " different), of which " + op.writeQuorum() + " write");
        }
    }
}
