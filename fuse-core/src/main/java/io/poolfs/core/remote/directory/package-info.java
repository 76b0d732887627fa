/**
 * Remotes that are plain directories of this machine (a disk, a mounted server), used without rclone: whole objects or
 * none after a power loss, never a new folder in the place of an unplugged disk, and no call that can hang with its file
 * system for longer than the remote's timeout.
 *
 * <p>Threads: each call runs on one of its store's own, as many at a time as {@link
 * io.poolfs.core.remote.directory.CallThreads} allows; who called waits no longer than to the deadline. Uses {@code
 * remote} and {@code local}.
 */
@NullMarked
package io.poolfs.core.remote.directory;

import org.jspecify.annotations.NullMarked;
