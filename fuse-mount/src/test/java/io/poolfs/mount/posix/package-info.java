/**
 * What a POSIX file system must do, told through a real mount with real programs. {@code MountedPosixSuite} is extended
 * by whoever mounts one.
 */
@NullMarked
package io.poolfs.mount.posix;

import org.jspecify.annotations.NullMarked;
