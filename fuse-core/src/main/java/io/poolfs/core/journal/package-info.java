/**
 * The log of committed transactions: local file, shipping to remotes, checkpoints, replay, recovery, epochs.
 *
 * <p>Invariants: the append precedes the store's commit; a segment is synced locally before its first put; nothing on a
 * remote is ever overwritten; nothing is called shipped before W members hold it and a majority, asked afterwards,
 * knows no newer epoch.
 *
 * <p>Uses {@code meta}, {@code remote}, {@code local}, {@code model} and {@code time}.
 */
@NullMarked
package io.poolfs.core.journal;

import org.jspecify.annotations.NullMarked;
