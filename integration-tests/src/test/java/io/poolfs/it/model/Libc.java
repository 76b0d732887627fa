package io.poolfs.it.model;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** System calls as C has them: addresses and sizes are {@code long}. Public only for the binding's generated code. */
public interface Libc {
    int open(long path, int flags, int mode);

    int close(int fd);

    int dup(int fd);

    long read(int fd, long buffer, long count);

    long pread(int fd, long buffer, long count, long offset);

    long write(int fd, long buffer, long count);

    long pwrite(int fd, long buffer, long count, long offset);

    long lseek(int fd, long offset, int whence);

    int ftruncate(int fd, long length);

    int truncate(long path, long length);

    int fallocate(int fd, int mode, long offset, long length);

    int fsync(int fd);

    int fdatasync(int fd);

    int posix_fadvise(int fd, long offset, long length, int advice);

    int mkdir(long path, int mode);

    int rmdir(long path);

    int unlink(long path);

    int rename(long from, long to);

    int link(long from, long to);

    int symlink(long target, long path);

    long readlink(long path, long buffer, long size);

    int mknod(long path, int mode, long device);

    int chmod(long path, int mode);

    int fchmod(int fd, int mode);

    int lchown(long path, int owner, int group);

    int fchown(int fd, int owner, int group);

    int utimensat(int directory, long path, long times, int flags);

    int futimens(int fd, long times);

    int statx(int directory, long path, int flags, int mask, long buffer);

    int access(long path, int mode);

    int lsetxattr(long path, long name, long value, long size, int flags);

    long lgetxattr(long path, long name, long value, long size);

    long llistxattr(long path, long list, long size);

    int lremovexattr(long path, long name);

    int fsetxattr(int fd, long name, long value, long size, int flags);

    long fgetxattr(int fd, long name, long value, long size);

    int fremovexattr(int fd, long name);

    long getdents64(int fd, long buffer, long count);

    long mmap(long address, long length, int protection, int flags, int fd, long offset);

    int munmap(long address, long length);

    int msync(long address, long length, int flags);

    /** Of the calling thread alone, and with it the right to pass over permissions. */
    int setfsuid(int user);

    int setfsgid(int group);

    static Libc load() {
        return LibraryLoader.create(Libc.class).failImmediately().load("c");
    }

    /** The errno of this thread's last call. */
    static int lastError() {
        return Runtime.getSystemRuntime().getLastError();
    }
}
