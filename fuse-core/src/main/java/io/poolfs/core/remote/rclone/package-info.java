/**
 * Remotes through rclone: one supervised {@code rclone rcd} per pool ({@link
 * io.poolfs.core.remote.rclone.RcloneDaemon}), stores that speak to it ({@link
 * io.poolfs.core.remote.rclone.RcloneStore}), and its configuration file ({@link
 * io.poolfs.core.remote.rclone.RcloneConfig}).
 *
 * <p>The rc API is spoken over a small blocking HTTP/1.1 client with exact deadlines; a body is read straight into the
 * caller's buffer. Threads come from the pool's scheduler. Ranges take a shorter way where the remote is understood
 * ({@link io.poolfs.core.remote.rclone.DirectReads}): a server per place that remembers objects, and crypt opened here.
 * Uses {@code remote}, {@code remote.crypt}, {@code model} and {@code time}.
 */
@NullMarked
package io.poolfs.core.remote.rclone;

import org.jspecify.annotations.NullMarked;
