package io.poolfs.mount.libfuse;

/**
 * The functions of libfuse 2.9's low-level (inode-based) interface that poolfs calls. Every pointer is a plain address,
 * so that a call allocates nothing. Names are those of C; public only because the binding's generated code lives
 * elsewhere.
 */
public interface LowLevelFuse {
    int fuse_version();

    /** Mounts and returns the channel, or 0 after a message on stderr. */
    long fuse_mount(long mountPoint, long arguments);

    void fuse_opt_free_args(long arguments);

    /** The session, or 0 after a message on stderr. */
    long fuse_lowlevel_new(long arguments, long operations, long operationsSize, long userData);

    void fuse_session_add_chan(long session, long channel);

    /** Also closes the channel and frees it. */
    void fuse_session_destroy(long session);

    int fuse_session_exited(long session);

    long fuse_chan_bufsize(long channel);

    /** Waits for a request; returns its length, 0 at the end of the mount, or a negative errno. */
    int fuse_chan_recv(long channelReference, long buffer, long size);

    /** Decodes one request and calls its operation on this thread. */
    void fuse_session_process(long session, long buffer, long size, long channel);

    /** Address of {uid, gid, pid, umask}. */
    long fuse_req_ctx(long request);

    int fuse_reply_err(long request, int errno);

    void fuse_reply_none(long request);

    int fuse_reply_entry(long request, long entry);

    int fuse_reply_create(long request, long entry, long fileInfo);

    int fuse_reply_attr(long request, long stat, double timeoutSeconds);

    int fuse_reply_open(long request, long fileInfo);

    int fuse_reply_write(long request, long count);

    int fuse_reply_buf(long request, long buffer, long size);

    int fuse_reply_statfs(long request, long statvfs);

    int fuse_reply_xattr(long request, long size);

    int fuse_lowlevel_notify_inval_inode(long channel, long inode, long offset, long length);

    int fuse_lowlevel_notify_inval_entry(long channel, long parent, long name, long nameLength);
}
