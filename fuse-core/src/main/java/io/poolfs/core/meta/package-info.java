/**
 * Inodes, entries, extents and chunk records as an ordered key-value store, and the changes that transactions make of
 * them. Every change of the namespace or of committed content is one transaction here and one record of the journal.
 *
 * <p>Invariants: the append to the log precedes the commit; live changes and replay go through one {@code Applier} that
 * takes nothing but the records, the op and the transaction's number and time; an op is checked whole before it changes
 * anything; what is derived (links, uses, usage, reverse indexes) changes with what it is derived from, and {@link
 * io.poolfs.core.meta.MetadataCheck} says whether it did. {@code Keys} has the layout, {@code Records} the values.
 *
 * <p>Threads: readers work on snapshots and wait for nobody; one writer at a time. {@link
 * io.poolfs.core.meta.MetadataReader} and {@link io.poolfs.core.meta.MetadataWriter} are used on the thread and inside
 * the work that they were given to.
 *
 * <p>Uses {@code model} and {@code time} only.
 */
@NullMarked
package io.poolfs.core.meta;

import org.jspecify.annotations.NullMarked;
