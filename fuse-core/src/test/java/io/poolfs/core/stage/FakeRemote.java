package io.poolfs.core.stage;

import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.SimRemote;
import java.util.OptionalLong;

/** A simulated remote whose state is what the test says. */
final class FakeRemote implements Remote {
    final SimRemote sim;
    private final RemoteId id;
    volatile RemoteStatus.Health health = RemoteStatus.Health.HEALTHY;
    volatile boolean full;
    volatile OptionalLong freeBytes = OptionalLong.empty();
    volatile int uploadSlots = 2;

    FakeRemote(int number, SimRemote sim) {
        this.id = new RemoteId(0, number);
        this.sim = sim;
    }

    @Override
    public String name() {
        return sim.name();
    }

    @Override
    public RemoteId id() {
        return id;
    }

    @Override
    public SimRemote store() {
        return sim;
    }

    @Override
    public RemoteStatus status() {
        return new RemoteStatus(
                name(), id, health, true, full, 0, freeBytes, freeBytes, 0, name(), uploadSlots, 0, 0, 0, 0, null);
    }
}
