package io.poolfs.core.sim.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** The contents that a file had, in order, and which of them must survive what. */
final class Versions {
    /** No hash of a content, but by a chance that no run will see. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final List<Long> hashes = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private int durable = -1;
    private int durableHere = -1;
    private int looseBefore = -1;

    /** The file has this content now. */
    void add(byte[] content) {
        long hash = hash(content);
        if (hashes.isEmpty() || hashes.get(hashes.size() - 1) != hash) {
            hashes.add(hash);
            sizes.add(content.length);
        }
    }

    int last() {
        return hashes.size() - 1;
    }

    /** An fsync that began at this version has returned. */
    void durable(int version, boolean onlyHere) {
        durableHere = Math.max(durableHere, version);
        if (!onlyHere) {
            durable = Math.max(durable, version);
        }
    }

    /** The file has a content that nobody knows. */
    void unknown() {
        hashes.add(UNKNOWN);
        sizes.add(-1);
        loose();
    }

    /** A change failed: what was committed during it is not known. */
    void loose() {
        looseBefore = last();
    }

    /** What was synced on a machine that is gone, and nowhere else, is gone. */
    void lostHere() {
        durableHere = durable;
    }

    /** Why this content cannot be what is left after a crash; empty when it can. */
    String objection(byte[] content, boolean sameMachine) {
        int needed = sameMachine ? durableHere : durable;
        int found = hashes.lastIndexOf(hash(content));
        if (found >= needed && found >= 0) {
            return "";
        }
        if (found < 0 && needed < looseBefore) {
            return "";
        }
        return content.length + " bytes that are " + (found < 0 ? "no version it ever had" : "its version " + found)
                + "; its versions have the sizes " + sizes + ", number " + needed + " is durable";
    }

    /** Why this content is none that the file ever had; empty when it is. */
    String objectionToAny(byte[] content) {
        return looseBefore >= 0 || hashes.contains(hash(content))
                ? ""
                : content.length + " bytes that are no version it ever had; its versions have the sizes " + sizes;
    }

    boolean isDurable(boolean sameMachine) {
        return (sameMachine ? durableHere : durable) >= 0;
    }

    /** After a crash: what came behind what is left never was. */
    void cutTo(byte[] content) {
        int found = hashes.lastIndexOf(hash(content));
        if (found < 0) {
            add(content);
            found = last();
        }
        hashes.subList(found + 1, hashes.size()).clear();
        sizes.subList(found + 1, sizes.size()).clear();
        durable = Math.min(durable, found);
        durableHere = Math.min(durableHere, found);
    }

    private static long hash(byte[] content) {
        CRC32C one = new CRC32C();
        one.update(content);
        CRC32 other = new CRC32();
        other.update(content);
        return one.getValue() << 32 | other.getValue();
    }
}
