package io.poolfs.mount;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.model.Inode;

/** Who owns what a request creates: the caller, with the group of a parent that hands its group down. */
final class Creator {
    private Creator() {}

    static Caller of(LowLevelFuse fuse, long request, Inode parent) {
        long context = fuse.fuse_req_ctx(request);
        boolean inheritsGroup = (parent.mode() & Modes.SET_GROUP_ID) != 0;
        return new Caller(
                Native.getInt(context + Layouts.Context.UID),
                inheritsGroup ? parent.group() : Native.getInt(context + Layouts.Context.GID));
    }
}
