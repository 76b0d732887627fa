/**
 * The low-level, inode-based interface of libfuse 2.9, bound through jnr-ffi with structure layouts from jnr-fuse. Per
 * request: the kernel → {@code Worker} (a thread of ours, so that nothing is attached per call) → libfuse decodes → one
 * method of {@code Operations} → the engine → {@code Replies}. Nothing is thrown into C, and every request is answered
 * exactly once.
 *
 * <p>FUSE interrupts are not passed on: libfuse cannot tell a signal that ends the caller from one that it handles, and
 * programs rightly never expect EINTR from files. Waiting is bounded by the pool's own time-outs.
 *
 * <p>jffi unpacks its stub library into {@code java.io.tmpdir} unless the property {@code jffi.extract.dir} names another
 * folder (which must exist and allow execution) before the first native call; the launcher sets it.
 */
@NullMarked
package io.poolfs.mount.libfuse;

import org.jspecify.annotations.NullMarked;
