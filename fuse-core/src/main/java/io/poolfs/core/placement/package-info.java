/**
 * Which remote takes which chunk: pure policy over a snapshot of what is known of the remotes. No state, no threads, no
 * I/O.
 *
 * <p>Uses the status of {@code remote}, {@code model}.
 */
@NullMarked
package io.poolfs.core.placement;

import org.jspecify.annotations.NullMarked;
