package io.poolfs.core.placement;

import static io.poolfs.core.placement.Candidates.id;
import static io.poolfs.core.placement.Candidates.remote;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of placement over seeded histories; the seed is the parameter. */
class PlacementPropertyTest {
    private static final int CHUNK = 1000;
    private static final List<Balance> BALANCES = List.copyOf(EnumSet.allOf(Balance.class));

    /** Chunks of growing size, uploads that end in any order, queues that differ. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void choose_equalRemotes_neverDifferByMoreThanOneChunk(long seed) throws PoolException {
        Random random = new Random(seed);
        int remotes = 1 + random.nextInt(9);
        Balance balance = random.nextBoolean() ? Balance.LEAST_USED : Balance.WEIGHTED;
        Placement placement = new Placement(new PlacementRule(balance, random.nextInt(CHUNK + 1), false));
        long[] used = new long[remotes];
        int[] inFlight = new int[remotes];
        long[] speed = random.longs(remotes, 0, 100).toArray();
        for (int i = 0; i < 500; i++) {
            List<Candidate> all = new ArrayList<>();
            for (int r = 0; r < remotes; r++) {
                inFlight[r] = random.nextInt(inFlight[r] + 1);
                all.add(remote(r)
                        .used(used[r])
                        .capacity(1 << 30)
                        .inFlight(inFlight[r], 0)
                        .speed(speed[r])
                        .get());
            }
            long size = i < 10 ? CHUNK / 8 : 1 + random.nextInt(CHUNK);
            int to = (int) placement
                    .choose(new PlacementRequest(size, Map.of(), null, i), all)
                    .low();
            used[to] += size;
            inFlight[to]++;
            long spread = Arrays.stream(used).max().orElseThrow()
                    - Arrays.stream(used).min().orElseThrow();
            assertThat(spread).as("after chunk %d, seed %d", i, seed).isLessThanOrEqualTo(CHUNK);
        }
    }

    /** Whatever the policy: who is chosen can take the chunk, and somebody who can is never overlooked. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void choose_anyPolicyAndState_givesOneThatCanTakeIt(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            Placement placement = new Placement(new PlacementRule(
                    BALANCES.get(random.nextInt(4)), random.nextInt(3 * CHUNK), random.nextBoolean()));
            Map<RemoteId, Reason> failed = new HashMap<>();
            List<Candidate> all = new ArrayList<>();
            int remotes = random.nextInt(6);
            for (int r = 0; r < remotes; r++) {
                Candidates c = remote(r).used(random.nextInt(10 * CHUNK)).priority(random.nextInt(2));
                if (random.nextInt(3) > 0) {
                    c.free(random.nextInt(3 * CHUNK)).capacity(10 * CHUNK);
                }
                if (random.nextInt(4) == 0) {
                    c.disabled();
                }
                if (random.nextInt(4) == 0) {
                    c.full();
                }
                if (random.nextInt(4) == 0) {
                    failed.put(id(r), Reason.REMOTE_DENIED);
                }
                all.add(c.get());
            }
            RemoteId together = random.nextBoolean() ? id(random.nextInt(6)) : null;
            List<RemoteId> able = all.stream()
                    .filter(c -> c.status().takesChunks() && !failed.containsKey(c.id()))
                    .filter(c -> c.status().freeBytes().orElse(Long.MAX_VALUE) >= CHUNK)
                    .map(Candidate::id)
                    .toList();
            try {
                RemoteId chosen = placement.choose(new PlacementRequest(CHUNK, failed, together, i), all);
                assertThat(able).as("seed %d, step %d", seed, i).contains(chosen);
            } catch (PoolException e) {
                assertThat(able).as("seed %d, step %d", seed, i).isEmpty();
                assertThat(e.reason()).isIn(Reason.NO_SPACE, Reason.REMOTE_UNAVAILABLE);
            }
        }
    }
}
