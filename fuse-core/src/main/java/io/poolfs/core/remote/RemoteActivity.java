package io.poolfs.core.remote;

/**
 * What goes on at a remote now.
 *
 * @param way how it is reached: rclone, or direct
 * @param upBytesPerSecond over the last seconds, all uploads together
 * @param downBytesPerSecond over the last seconds, all downloads together
 * @param waiting transfers that wait for their turn there
 * @param limitBytesPerSecond of its own, each way, at this time of day; 0: none
 * @param requests calls made so far, repeated ones too
 * @param failures calls that failed so far
 */
public record RemoteActivity(
        String name,
        String way,
        long upBytesPerSecond,
        long downBytesPerSecond,
        int waiting,
        long limitBytesPerSecond,
        long requests,
        long failures) {
    /** Of a remote that nobody asks anything. */
    public static RemoteActivity none(String name) {
        return new RemoteActivity(name, "none", 0, 0, 0, 0, 0, 0);
    }
}
