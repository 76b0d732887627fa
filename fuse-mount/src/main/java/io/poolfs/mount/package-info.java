/**
 * The FUSE front end: {@link io.poolfs.mount.FuseMount} drives the engine's {@link io.poolfs.core.fs.PoolFileSystem}
 * for the kernel. What carries the requests is a transport: {@code kernel} speaks the kernel's protocol itself,
 * {@code libfuse} goes through jnr-fuse's library. {@code session} has what both share, {@code system} the C library.
 */
@NullMarked
package io.poolfs.mount;

import org.jspecify.annotations.NullMarked;
