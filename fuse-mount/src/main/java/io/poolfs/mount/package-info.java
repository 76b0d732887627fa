/**
 * The FUSE front end: {@link io.poolfs.mount.FuseMount} drives the engine's {@link io.poolfs.core.fs.PoolFileSystem}
 * for the kernel.
 *
 * <p>It binds the low-level, inode-based interface of libfuse 2.9 through jnr-ffi, with structure layouts from jnr-fuse.
 * Per request: the kernel → {@code Worker} (a thread of ours, so that nothing is attached per call) → libfuse decodes →
 * one method of {@code Operations} → the engine → {@code Replies}. Nothing is thrown into C, and every request is
 * answered exactly once.
 *
 * <p>FUSE interrupts are not passed on. The kernel sends one for any signal that a waiting program catches; EINTR from
 * a read would come out of page faults and of programs that rightly never expect it, and EINTR from fsync makes
 * databases give up. Waiting is bounded by the pool's own time-outs.
 *
 * <p>jffi unpacks its stub library into {@code java.io.tmpdir} unless the property {@code jffi.extract.dir} names another
 * folder (which must exist and allow execution) before the first native call; the launcher sets it.
 */
@NullMarked
package io.poolfs.mount;

import org.jspecify.annotations.NullMarked;
