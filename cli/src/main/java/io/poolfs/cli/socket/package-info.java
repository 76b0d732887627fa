/**
 * {@link io.poolfs.cli.service.PoolService} over the daemon's unix socket: one JSON line per message, raw bytes behind
 * it where it says so. The socket is 0600 in the pool's state directory.
 */
@NullMarked
package io.poolfs.cli.socket;

import org.jspecify.annotations.NullMarked;
