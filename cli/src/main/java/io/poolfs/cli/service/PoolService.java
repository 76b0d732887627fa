package io.poolfs.cli.service;

import io.poolfs.core.model.PoolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool as the commands see it. One instance serves one command: calls come one after the other, and closing it closes
 * the files it opened. Also the protocol of the daemon's socket: a method is a request, its parameters the arguments,
 * a {@link Progress.Listener} the events in between, a {@code byte[]} raw bytes behind the line.
 */
public interface PoolService extends AutoCloseable {
    PoolStatus status() throws PoolException;

    /** {@code follow}: of a symlink, what it points to. */
    FileInfo stat(PoolPath path, boolean follow) throws PoolException;

    /** Entries of a directory without {@code .} and {@code ..}; {@code from} 0 is the start. */
    Answers.Page list(PoolPath directory, long from) throws PoolException;

    /** {@code parents}: makes what is missing above it, and an existing directory is no error. */
    void makeDirectory(PoolPath path, boolean parents, int permissions) throws PoolException;

    void makeSymlink(PoolPath path, String target) throws PoolException;

    /** Deletes a file or an empty directory; {@code recursive}: with everything in it. Returns how many. */
    long delete(PoolPath path, boolean recursive, Progress.Listener listener) throws PoolException;

    void move(PoolPath from, PoolPath to, boolean replace) throws PoolException;

    /** Opens to read. */
    Answers.Opened openFile(PoolPath path) throws PoolException;

    /** Opens to write; makes the file when it is absent, empties it when {@code truncate}. */
    Answers.Opened createFile(PoolPath path, int permissions, boolean truncate) throws PoolException;

    /** Up to {@code length} bytes; fewer only at the end of the file. */
    byte[] read(long handle, long offset, int length) throws PoolException;

    void write(long handle, long offset, byte[] bytes) throws PoolException;

    void closeFile(long handle) throws PoolException;

    /** Null stays as it is. */
    void setAttributes(PoolPath path, @Nullable Integer permissions, @Nullable Long modifyNanos) throws PoolException;

    /** Null when the file has none of that name. */
    @Nullable
    String attribute(PoolPath path, String name) throws PoolException;

    void setAttribute(PoolPath path, String name, @Nullable String value) throws PoolException;

    Answers.TreeUsage usage(PoolPath path) throws PoolException;

    Manifest manifest(PoolPath path) throws PoolException;

    /**
     * Brings everything that was closed before (or these files alone) onto the remotes, content and metadata.
     *
     * @param paths empty: everything
     */
    Answers.Flushed flush(List<PoolPath> paths, long timeoutMillis, Progress.Listener listener) throws PoolException;

    Answers.Reloaded reload() throws PoolException;

    List<Answers.Staged> staged() throws PoolException;

    /** Writes, reads and deletes an object there; returns what is known of it then. */
    PoolStatus.RemoteInfo testRemote(String name) throws PoolException;

    /** Measures what the remotes can do, with objects of its own that it deletes. */
    List<Answers.Bench> bench(Answers.BenchOrder order, Progress.Listener listener) throws PoolException;

    /** Applies the configuration and lets the remote in it, which carries the pool's marker, keep the metadata too. */
    Answers.Joined joinRemote(String name) throws PoolException;

    /** Takes the files of a pool made by rclonepool over where they lie, and brings the record onto the remotes. */
    Answers.Imported importRclonepool(Answers.ImportOrder order, Progress.Listener listener) throws PoolException;

    /** Fetches files, and everything in directories, into the cache. */
    Answers.Kept warm(List<PoolPath> paths, Progress.Listener listener) throws PoolException;

    /** As {@link #warm}, and keeps them there. */
    Answers.Kept pin(List<PoolPath> paths, Progress.Listener listener) throws PoolException;

    Answers.Kept unpin(List<PoolPath> paths, Progress.Listener listener) throws PoolException;

    /** Takes out of the cache what need not be there. */
    Answers.Kept evict(List<PoolPath> paths, Progress.Listener listener) throws PoolException;

    Answers.Pins pins() throws PoolException;

    Answers.Affected affected(String remote) throws PoolException;

    Answers.Collected collectGarbage(boolean now, boolean delete) throws PoolException;

    Answers.Checked check(Answers.CheckOrder order, Progress.Listener listener) throws PoolException;

    /** Unmounts, drains for that long and ends the daemon; 0 spills at once. */
    Answers.Stopped stop(long drainMillis, Progress.Listener listener) throws PoolException;

    /** Mounts again while draining. BUSY when it is mounted elsewhere. */
    void mountAgain(String mountpoint, List<String> options, String source) throws PoolException;

    @Override
    void close();
}
