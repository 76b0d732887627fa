/**
 * Remotes as stores of immutable objects, and the decorators that make one dependable: retry, rate limits, concurrency,
 * health. What speaks to rclone lives in {@code remote.rclone}.
 *
 * <p>Uses {@code model} and {@code time} only.
 */
@NullMarked
package io.poolfs.core.remote;

import org.jspecify.annotations.NullMarked;
