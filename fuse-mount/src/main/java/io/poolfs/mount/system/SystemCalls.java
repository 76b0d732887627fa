package io.poolfs.mount.system;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The C library's functions that the JDK does not offer. Pointers and sizes are plain numbers, so that a call allocates
 * nothing. Public only because the binding's generated code is elsewhere.
 */
public interface SystemCalls {
    int umount2(long path, int flags);

    int geteuid();

    int getegid();

    int gettid();

    /** The directory stream, or 0. */
    long opendir(long path);

    int closedir(long directory);

    int open(long path, int flags);

    int close(int descriptor);

    int fcntl(int descriptor, int command, long argument);

    int ioctl(int descriptor, long request, long argument);

    long read(int descriptor, long buffer, long size);

    long write(int descriptor, long buffer, long size);

    int poll(long descriptors, long count, int timeoutMillis);

    int sched_yield();

    int mount(long source, long target, long type, long flags, long data);

    /** With a {@link Pointer} among them, because jffi's stubs for six plain numbers pass the last ones wrongly. */
    @Nullable
    Pointer mmap(@Nullable Pointer address, long length, int protection, int flags, int descriptor, long offset);

    int munmap(long address, long length);

    int socketpair(int domain, int type, int protocol, long descriptors);

    long recvmsg(int socket, long message, int flags);

    /** Returns an errno, or 0 after the process number is stored. The {@link Pointer} is there as in {@link #mmap}. */
    int posix_spawn(
            Pointer processNumber, long path, long fileActions, long attributes, long arguments, long environment);

    int waitpid(int process, long status, int options);

    /** Loads the binding. */
    static SystemCalls load() {
        return LibraryLoader.create(SystemCalls.class).failImmediately().load("c");
    }

    /** The address as an object. */
    static Pointer pointer(NativeBuffer buffer) {
        return Pointer.wrap(Runtime.getSystemRuntime(), buffer.address());
    }

    /** The errno of this thread's last call. */
    static int lastError() {
        return Runtime.getSystemRuntime().getLastError();
    }
}
