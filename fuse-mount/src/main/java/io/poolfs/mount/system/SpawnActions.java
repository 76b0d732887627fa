package io.poolfs.mount.system;

import jnr.ffi.LibraryLoader;
import org.jspecify.annotations.Nullable;

/**
 * What a spawned program does with the descriptors that it inherits. Apart from {@link SystemCalls} because not every C
 * library has all of them (glibc has since 2.34).
 */
public interface SpawnActions {
    /** Room for {@code posix_spawn_file_actions_t} of any C library. */
    int SIZE = 512;

    int posix_spawn_file_actions_init(long actions);

    int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    int posix_spawn_file_actions_destroy(long actions);

    /** The binding, or null where the C library lacks a function. */
    static @Nullable SpawnActions load() {
        try {
            return LibraryLoader.create(SpawnActions.class).failImmediately().load("c");
        } catch (LinkageError e) {
            return null;
        }
    }
}
