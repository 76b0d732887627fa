/**
 * The kernel's FUSE protocol, spoken directly: no libfuse. {@code Abi} has its numbers and layouts. Per request: a
 * {@code Server} receives it ({@code Request} reads it in place) → {@code Dispatcher} → one method of an
 * {@code *Operations} class → one call into {@link io.poolfs.core.fs.PoolFileSystem} → {@code Reply}. {@code Crew} has
 * the threads, {@code DeviceMount} the mounting, {@code Notifications} what is told to the kernel unasked.
 *
 * <p>Every request is answered exactly once, on the thread that received it. Waiting happens in the engine, which tells
 * the thread first ({@link io.poolfs.core.time.WaitingThread}).
 */
@NullMarked
package io.poolfs.mount.kernel;

import org.jspecify.annotations.NullMarked;
