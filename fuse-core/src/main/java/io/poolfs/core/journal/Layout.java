package io.poolfs.core.journal;

import io.poolfs.core.model.OwnerId;

/**
 * Where the metadata of a pool lies on each member (docs/FORMAT.md).
 *
 * @param prefix the manifest prefix of the configuration
 */
public record Layout(String prefix) {
    /** Version of everything described by this layout; a reader refuses what is newer. */
    public static final int FORMAT = 1;

    private static final String RELEASED = ".released";
    private static final String BASE = ".base";

    public String pool() {
        return prefix + "/pool.json";
    }

    public String remote() {
        return prefix + "/remote.json";
    }

    public String epochFolder() {
        return prefix + "/epoch";
    }

    public String marker(long epoch) {
        return epochFolder() + "/" + epoch;
    }

    public String claim(long epoch, OwnerId owner) {
        return epochFolder() + "/" + stem(epoch, owner);
    }

    /** Says that the owner of the claim has ended and everything it acknowledged is on W members. */
    public String released(long epoch, OwnerId owner) {
        return claim(epoch, owner) + RELEASED;
    }

    /** Says which segment the epoch goes on from; put before its first segment. */
    public String base(long epoch, OwnerId owner) {
        return claim(epoch, owner) + BASE;
    }

    public String journalFolder() {
        return prefix + "/journal";
    }

    public String segmentFolder(long epoch, OwnerId owner) {
        return journalFolder() + "/" + stem(epoch, owner);
    }

    public String segment(long epoch, OwnerId owner, long first) {
        return segmentFolder(epoch, owner) + "/" + first;
    }

    public String checkpointFolder() {
        return prefix + "/checkpoint";
    }

    public String checkpoint(long transaction, OwnerId owner) {
        return checkpointFolder() + "/" + stem(transaction, owner);
    }

    static String stem(long number, OwnerId owner) {
        return number + "-" + owner.hex();
    }

    static boolean isReleased(String name) {
        return name.endsWith(RELEASED);
    }

    static boolean isBase(String name) {
        return name.endsWith(BASE);
    }

    /** The name without what marks it as released or base. */
    static String stemOf(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
