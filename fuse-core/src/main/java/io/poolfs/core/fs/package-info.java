/**
 * The pool as a file system: {@link io.poolfs.core.fs.PoolFileSystem}, its open handles, and the one table that maps a
 * {@link io.poolfs.core.model.Reason} to an errno.
 *
 * <p>Uses {@code meta}, {@code cache}, {@code fetch}, {@code stage} and the status of {@code remote}.
 */
@NullMarked
package io.poolfs.core.fs;

import org.jspecify.annotations.NullMarked;
