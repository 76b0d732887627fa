/**
 * Sparse images of files in {@code cache_dir}: residency, dirty marks, eviction, pins, and the one byte budget.
 *
 * <p>Invariants: a dirty mark is on disk before the bytes; bytes are verified before their block is present; presence is
 * cleared before a punch; dirty, sealed and pinned blocks never leave; nothing is used that was not reserved;
 * an image is named in {@link io.poolfs.core.cache.ChangeList} before its first change.
 *
 * <p>Uses {@code local}, {@code model} and {@code time}.
 */
@NullMarked
package io.poolfs.core.cache;

import org.jspecify.annotations.NullMarked;
