/** Remotes through a real rclone: over local folders, crypt and WebDAV on loopback. */
@NullMarked
package io.poolfs.it.remote;

import org.jspecify.annotations.NullMarked;
