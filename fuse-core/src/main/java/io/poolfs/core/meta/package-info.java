/**
 * Inodes, entries, extents and chunk records as an ordered key-value store, and the changes that transactions make of
 * them. Every change of the namespace or of committed content is one transaction here and one record of the journal.
 *
 * <p>Uses {@code model} and {@code time} only.
 */
@NullMarked
package io.poolfs.core.meta;

import org.jspecify.annotations.NullMarked;
