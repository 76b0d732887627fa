package io.poolfs.core.pool;

/**
 * How a pool is to be opened.
 *
 * @param write false: claims nothing, changes nothing on the remotes, refuses every change
 * @param takeOver the right to write is taken from whoever holds it
 * @param acceptLoss when too few members can be read for a recovery, what they hold is taken as everything
 * @param rebuild the local state is set aside and made anew from the remotes
 */
public record OpenOrder(boolean write, boolean takeOver, boolean acceptLoss, boolean rebuild) {
    public static final OpenOrder READ = new OpenOrder(false, false, false, false);
    public static final OpenOrder WRITE = new OpenOrder(true, false, false, false);
}
