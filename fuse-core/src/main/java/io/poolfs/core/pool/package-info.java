/**
 * Opens, wires, drains and closes a pool: the only wiring in core. {@link io.poolfs.core.pool.Pool} is what front ends
 * and commands hold.
 *
 * <p>May use every other package.
 */
@NullMarked
package io.poolfs.core.pool;

import org.jspecify.annotations.NullMarked;
