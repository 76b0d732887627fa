/**
 * Takes files that lie on the remotes already into the namespace, without copying a byte: those of a pool made by
 * rclonepool. What their bytes are is known from manifests alone, so everything that can be compared is compared, and a
 * file about which there is any doubt is left out and named.
 *
 * <p>Runs on its caller's thread, with tasks of its own for what waits for remotes. Uses {@code meta}, {@code remote},
 * {@code model} and {@code time}.
 */
@NullMarked
package io.poolfs.core.adopt;

import org.jspecify.annotations.NullMarked;
