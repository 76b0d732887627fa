package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;

/** Where a store's objects really lie: what a store knows of its backend beside the objects. Usable from any thread. */
public interface RemoteOrigin {
    /** Same for stores on one device or account: room is counted once. Never holds a secret. */
    String storeKey() throws PoolException;

    /**
     * Remembers the device on which the store lies now, where that can be told. From now on changes are refused with
     * REMOTE_MISSING when it lies on another: an unplugged disk leaves an empty folder that looks like a new remote.
     */
    void bind() throws PoolException;

    /**
     * For a store that looks empty: CONFIG when it only looks so, because it is encrypted and the password is
     * not the one with which its content was written.
     */
    void checkReallyEmpty() throws PoolException;

    /** How the store is reached, in a word for people. */
    default String way() {
        return "rclone";
    }

    /** For stores that know nothing of their backend: each is an origin of its own. */
    static RemoteOrigin unknown(String name) {
        return new RemoteOrigin() {
            @Override
            public String storeKey() {
                return "name:" + name;
            }

            @Override
            public void bind() {
                // There is nothing to tell devices apart.
            }

            @Override
            public void checkReallyEmpty() {
                // What it shows is all that we can know.
            }
        };
    }
}
