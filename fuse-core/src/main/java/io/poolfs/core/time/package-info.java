/**
 * Time, waiting, threads and randomness as ports: {@link io.poolfs.core.time.Scheduler} is the only place of the engine
 * that makes threads. A real implementation and a simulated one.
 *
 * <p>Rules: nothing above this package calls {@code Thread}, {@code Executor}, {@code System.nanoTime}, {@code
 * Instant.now}, {@code Random} or a library's own executor. Whatever is held across a wait or I/O is a {@link
 * io.poolfs.core.time.Monitor}.
 */
@NullMarked
package io.poolfs.core.time;

import org.jspecify.annotations.NullMarked;
