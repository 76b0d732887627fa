package io.poolfs.mount;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The C library's functions that the JDK does not offer. Public only because the binding's generated code is elsewhere. */
public interface SystemCalls {
    int umount2(long path, int flags);

    int geteuid();

    /** The directory stream, or 0. */
    long opendir(long path);

    int closedir(long directory);

    /** Loads the binding. */
    static SystemCalls load() {
        return LibraryLoader.create(SystemCalls.class).failImmediately().load("c");
    }

    /** The errno of this thread's last call. */
    static int lastError() {
        return Runtime.getSystemRuntime().getLastError();
    }
}
