/**
 * The port to local files: positional reads and writes, sync, rename, punch, space. One real implementation, one
 * simulated one that can crash, lose unsynced writes and run full.
 *
 * <p>Uses {@code model} and {@code time} only.
 */
@NullMarked
package io.poolfs.core.local;

import org.jspecify.annotations.NullMarked;
