package io.poolfs.core.sim.engine;

/** What an fsync that begins now will have promised when it returns: history up to this transaction. */
record Promise(long transaction) {}
