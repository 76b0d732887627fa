/**
 * What keeps a pool tidy while nobody waits for it: orphans are reaped, garbage chunks deleted, half-dead packs
 * compacted, what lies on the remotes compared with the metadata.
 *
 * <p>Invariants: an object is deleted only under the current epoch, with a head that a quorum confirmed, and only when
 * no state that a recovery could come back to uses it.
 *
 * <p>Uses {@code meta}, {@code journal}, {@code placement}, {@code remote}, {@code stage}, {@code model} and {@code
 * time}.
 */
@NullMarked
package io.poolfs.core.upkeep;

import org.jspecify.annotations.NullMarked;
