package io.poolfs.core.placement;

import static io.poolfs.core.placement.Candidates.id;
import static io.poolfs.core.placement.Candidates.remote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus.Health;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final long CHUNK = 100;
    private final Placement leastUsed = new Placement(new PlacementRule(Balance.LEAST_USED, CHUNK, false));

    @Test
    void choose_leastUsed_takesTheOneWithFewestBytesOfThePool() throws PoolException {
        assertThat(choose(
                        leastUsed,
                        remote(1).used(900),
                        remote(2).used(300),
                        remote(3).used(700)))
                .isEqualTo(id(2));
    }

    @Test
    void choose_bytesOnTheWay_takeRoom() throws PoolException {
        assertThat(choose(
                        leastUsed,
                        remote(1).free(150).inFlight(1, 100),
                        remote(2).used(500).free(100)))
                .isEqualTo(id(2));
    }

    @Test
    void choose_twoRemotesOnOneDevice_countItsRoomOnce() throws PoolException {
        assertThat(choose(
                        leastUsed,
                        remote(1).store("disk").free(150),
                        remote(2).store("disk").free(150).inFlight(1, 100),
                        remote(3).used(5000).free(200)))
                .isEqualTo(id(3));
    }

    @Test
    void choose_withinSlack_prefersTheShortestQueue() throws PoolException {
        Placement wide = new Placement(new PlacementRule(Balance.LEAST_USED, 1000, false));
        assertThat(choose(wide, remote(1).inFlight(2, 200), remote(2).used(500)))
                .isEqualTo(id(2));
    }

    @Test
    void choose_withinSlackAndSameQueue_prefersTheFastest() throws PoolException {
        Placement wide = new Placement(new PlacementRule(Balance.LEAST_USED, 1000, false));
        assertThat(choose(wide, remote(1).speed(10), remote(2).used(500).speed(20)))
                .isEqualTo(id(2));
    }

    @Test
    void choose_withinSlack_prefersWhoWouldBeDoneFirst() throws PoolException {
        Placement wide = new Placement(new PlacementRule(Balance.LEAST_USED, 1000, false));
        assertThat(choose(
                        wide, remote(1).speed(10), remote(2).used(500).speed(40).inFlight(2, 200)))
                .isEqualTo(id(2));
        assertThat(choose(
                        wide, remote(1).speed(10), remote(2).used(500).speed(20).inFlight(2, 200)))
                .isEqualTo(id(1));
    }

    @Test
    void choose_notMeasuredYet_isTakenForTheFastest() throws PoolException {
        Placement wide = new Placement(new PlacementRule(Balance.LEAST_USED, 1000, false));
        assertThat(choose(
                        wide,
                        remote(1).used(200).inFlight(1, 50),
                        remote(2).speed(10),
                        remote(3).used(500).speed(20).inFlight(2, 200)))
                .isEqualTo(id(1));
    }

    @Test
    void choose_stalled_waitsUnlessThereIsNoOther() throws PoolException {
        assertThat(choose(
                        leastUsed,
                        remote(1).stalled().inFlight(1, 10),
                        remote(2).used(5000)))
                .isEqualTo(id(2));
        assertThat(choose(leastUsed, remote(1).stalled().inFlight(1, 10))).isEqualTo(id(1));
    }

    @Test
    void choose_beyondSlack_keepsTheBalanceThoughTheQueueIsLonger() throws PoolException {
        assertThat(choose(
                        leastUsed,
                        remote(1).used(200).inFlight(2, 200),
                        remote(2).used(300)))
                .isEqualTo(id(1));
    }

    @Test
    void choose_priority_lowerNumberFirstWhileItFits() throws PoolException {
        assertThat(choose(
                        leastUsed, remote(1).priority(1), remote(2).priority(0).used(5000)))
                .isEqualTo(id(2));
        assertThat(choose(
                        leastUsed, remote(1).priority(1), remote(2).priority(0).free(CHUNK - 1)))
                .isEqualTo(id(1));
    }

    @Test
    void choose_mostFree_unknownRoomCountsAsTheRoomiest() throws PoolException {
        Placement mostFree = new Placement(new PlacementRule(Balance.MOST_FREE, 0, false));
        assertThat(choose(mostFree, remote(1).free(1000), remote(2).free(5000))).isEqualTo(id(2));
        assertThat(choose(mostFree, remote(1).free(1000), remote(2).inFlight(0, 0)))
                .isEqualTo(id(1));
    }

    @Test
    void choose_weighted_fillsInProportionToCapacity() throws PoolException {
        Placement weighted = new Placement(new PlacementRule(Balance.WEIGHTED, 0, false));
        assertThat(choose(
                        weighted,
                        remote(1).capacity(10_000).used(1_000),
                        remote(2).capacity(40_000).used(3_000)))
                .isEqualTo(id(2));
    }

    @Test
    void choose_keepFileTogether_staysWhileItFits() throws PoolException {
        Placement together = new Placement(new PlacementRule(Balance.LEAST_USED, CHUNK, true));
        List<Candidate> all =
                List.of(remote(1).used(9000).free(CHUNK).get(), remote(2).get());
        assertThat(together.choose(new PlacementRequest(CHUNK, Map.of(), id(1), 0), all))
                .isEqualTo(id(1));
        assertThat(together.choose(new PlacementRequest(CHUNK + 1, Map.of(), id(1), 0), all))
                .isEqualTo(id(2));
    }

    @Test
    void choose_roundRobin_skipsWhoCannot() throws PoolException {
        Placement inTurn = new Placement(new PlacementRule(Balance.ROUND_ROBIN, 0, false));
        List<Candidate> all = List.of(
                remote(1).get(), remote(2).health(Health.DOWN).get(), remote(3).get());
        assertThat(inTurn.choose(new PlacementRequest(CHUNK, Map.of(), null, 0), all))
                .isEqualTo(id(1));
        assertThat(inTurn.choose(new PlacementRequest(CHUNK, Map.of(), null, 1), all))
                .isEqualTo(id(3));
        assertThat(inTurn.choose(new PlacementRequest(CHUNK, Map.of(), null, 3), all))
                .isEqualTo(id(1));
    }

    @Test
    void choose_refusedBefore_isNotAskedAgain() throws PoolException {
        List<Candidate> all = List.of(remote(1).get(), remote(2).used(5000).get());
        PlacementRequest request = new PlacementRequest(CHUNK, Map.of(id(1), Reason.REMOTE_UNAVAILABLE), null, 0);
        assertThat(leastUsed.choose(request, all)).isEqualTo(id(2));
    }

    @Test
    void choose_everyRemoteFull_isNoSpace() {
        PlacementRequest request = new PlacementRequest(CHUNK, Map.of(id(3), Reason.REMOTE_FULL), null, 0);
        assertThatThrownBy(() -> leastUsed.choose(
                        request,
                        List.of(
                                remote(1).full().get(),
                                remote(2).free(10).get(),
                                remote(3).get(),
                                remote(4).disabled().get())))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE))
                .hasMessageContaining("r2: full");
    }

    @Test
    void choose_someoneOnlyAway_isUnavailable() {
        assertThatThrownBy(() -> choose(leastUsed, remote(1).full(), remote(2).health(Health.MISSING)))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REMOTE_UNAVAILABLE));
        assertThatThrownBy(() -> choose(leastUsed, remote(1).disabled()))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REMOTE_UNAVAILABLE));
    }

    @Test
    void largestRoom_knownAndUnknown_isTheBest() {
        assertThat(Placement.largestRoomBytes(List.of(
                        remote(1).free(300).inFlight(1, 100).get(),
                        remote(2).free(250).get(),
                        remote(3).free(900).full().get())))
                .isEqualTo(250);
        assertThat(Placement.largestRoomBytes(
                        List.of(remote(1).free(300).get(), remote(2).get())))
                .isEqualTo(Long.MAX_VALUE);
    }

    private static RemoteId choose(Placement placement, Candidates... all) throws PoolException {
        List<Candidate> candidates = Arrays.stream(all).map(Candidates::get).toList();
        return placement.choose(new PlacementRequest(CHUNK, Map.of(), null, 0), candidates);
    }
}
