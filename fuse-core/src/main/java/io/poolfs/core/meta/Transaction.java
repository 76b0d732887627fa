package io.poolfs.core.meta;

import java.util.List;

/**
 * A committed transaction: what the journal holds.
 *
 * @param id 1, 2, 3 … without gaps
 * @param nanos wall clock when it was made
 * @param ops in the order in which they were applied, at least one
 */
public record Transaction(long id, long nanos, List<Op> ops) {}
