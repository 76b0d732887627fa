package io.poolfs.mount.libfuse;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.mount.system.Native;

/** Who sent a request, as the kernel tells it. */
final class Requester {
    private Requester() {}

    static Caller of(LowLevelFuse fuse, long request) {
        long context = fuse.fuse_req_ctx(request);
        return new Caller(Native.getInt(context + Layouts.Context.UID), Native.getInt(context + Layouts.Context.GID));
    }
}
