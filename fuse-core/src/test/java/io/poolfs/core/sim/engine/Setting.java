package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import java.util.List;

/** What clients know of the world they are in. */
interface Setting {
    PoolFileSystem fs();

    /** The contents that the inode had. {@code made}: it is a new one. */
    Versions versions(long inode, boolean made);

    /** Rethrows unless the world is in a state that explains it. {@code inode}: whose content it is about, or 0. */
    void requireTrouble(PoolException e, String what, long inode) throws PoolException;

    /** As {@link #requireTrouble}, for what a full disk or tmpfs does not excuse. */
    void requireTroubleOfRemotes(PoolException e, String what, long inode) throws PoolException;

    /** Waits a little in simulated time. */
    void pause() throws PoolException;

    void sync(long handle) throws PoolException;

    /** Before an fsync. */
    Promise promiseNow();

    /** An fsync returned; these names stand for what was synced. */
    void kept(Promise promise, Tree tree, List<Tree.Place> names);

    /** The name, and what lies below it, may be gone after a crash from now on. */
    void mayVanish(Tree tree, Tree.Place place);

    boolean isFsyncLocal();

    int maxFileBytes();
}
