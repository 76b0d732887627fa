package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * What has become of whoever holds the right to write from another state directory. A claim names its state directory,
 * so that the next claimant on the same machine can look whether it is still there. Usable from any thread.
 */
final class OtherStates {
    enum Fate {
        /** It may still run: on another machine, or here. */
        UNKNOWN,
        /** It ran on this machine and has ended, and its state directory is there, or cannot be looked into. */
        LEFT_STATE,
        /** It ran on this machine, has ended, and left nothing. */
        GONE
    }

    private final LocalFiles files;
    private final StatePlaces ours;
    private final Predicate<HostIdentity> isDead;

    /** @param isDead whether it is known to be a process of this machine that has ended */
    OtherStates(LocalFiles files, StatePlaces ours, Predicate<HostIdentity> isDead) {
        this.files = files;
        this.ours = ours;
        this.isDead = isDead;
    }

    /** A claim that tells where our state is. */
    Claim claim(PoolId pool, long epoch, OwnerId owner, HostIdentity host, long nanos) {
        return new Claim(pool, epoch, owner, host, nanos, ours.root().toString());
    }

    Fate fateOf(Claim claim) {
        if (!isDead.test(claim.host())) {
            return Fate.UNKNOWN;
        }
        String state = claim.state();
        boolean elsewhere = state != null
                && state.startsWith("/")
                && state.indexOf('\0') < 0
                && !state.equals(ours.root().toString());
        return elsewhere && isStillThere(claim, Path.of(state)) ? Fate.LEFT_STATE : Fate.GONE;
    }

    private boolean isStillThere(Claim claim, Path state) {
        try {
            OwnerFile owner = OwnerFile.read(files, new StatePlaces(state).owner(), claim.pool());
            return owner != null && owner.owner().equals(claim.owner());
        } catch (PoolException e) {
            // Another pool's, or gone meanwhile; what may not be read may be there.
            return e.reason() != Reason.CONFIG && e.reason() != Reason.NOT_FOUND;
        }
    }
}
