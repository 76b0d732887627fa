/** Real mounts, real rclone, real tools. */
@NullMarked
package io.poolfs.it;

import org.jspecify.annotations.NullMarked;
