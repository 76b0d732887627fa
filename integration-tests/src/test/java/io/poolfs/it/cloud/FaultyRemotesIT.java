package io.poolfs.it.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of a cloud × everything a pool does with clouds, on one of five and on all: in bounded time, with the
 * right error or none, named in the status, and all well again when the fault is over, without a restart. Several pools
 * go through the faults side by side, since most of the time is waiting.
 */
@Isolated("its limits are seconds")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultyRemotesIT {
    private static final int LANES = Integer.getInteger("poolfs.faults.lanes", 5);

    /** A fault over a number of clouds. */
    record Storm(Fault fault, Scope scope) {
        @Override
        public String toString() {
            return fault.words() + " on " + scope.words();
        }
    }

    private final Map<Storm, CompletableFuture<FaultLane.Result>> results = new LinkedHashMap<>();
    private final List<CompletableFuture<List<String>>> damaged = new ArrayList<>();
    private final List<Thread> lanes = new ArrayList<>();

    @BeforeAll
    void runAll() {
        BlockingQueue<Storm> waiting = new LinkedBlockingQueue<>();
        String only = System.getProperty("poolfs.faults.only", "");
        storms().filter(storm -> only.isEmpty() || only.contains(storm.fault().name()))
                .forEach(storm -> {
                    results.put(storm, new CompletableFuture<>());
                    waiting.add(storm);
                });
        for (int i = 0; i < Math.min(LANES, results.size()); i++) {
            CompletableFuture<List<String>> end = new CompletableFuture<>();
            damaged.add(end);
            Thread lane = new Thread(() -> runLane(waiting, end), "lane" + i);
            lane.setDaemon(true);
            lanes.add(lane);
            lane.start();
        }
    }

    @AfterAll
    void endAndWriteTable() throws Exception {
        for (Thread lane : lanes) {
            lane.join(); // it cleans up
        }
        String file = System.getProperty("poolfs.faults.report", "");
        if (!file.isEmpty()) {
            FaultTable table = new FaultTable();
            results.forEach((storm, result) -> table.add(storm, result.join()));
            table.write(Path.of(file));
        }
    }

    @ParameterizedTest(name = "{1} while {0}")
    @MethodSource("cells")
    void operation_whileCloudsAreFaulty_isBoundedAndRight(Storm storm, Operation operation) {
        FaultLane.Result result = results.get(storm).join();
        Seen seen = result.seen().get(operation);
        assertThat(seen.outcome())
                .as("%s while %s: %s", operation.words(), storm, seen)
                .isIn(storm.fault().expected(operation, storm.scope()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void faults_over_everythingIsWellWithoutRestart(Storm storm) {
        assertThat(results.get(storm).join().afterwards()).as("after %s", storm).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void status_whileCloudsAreFaulty_namesRemoteAndReason(Storm storm) {
        List<String> reasons = storm.fault().isTriedAgain()
                ? Stream.concat(storm.fault().reasons().stream(), Stream.of("no answer in time"))
                        .toList()
                : storm.fault().reasons();
        String told = results.get(storm).join().status();
        if (!reasons.isEmpty()) {
            assertThat(FaultLane.reasonIn(told, reasons))
                    .as("one of %s in what the status told of %s:\n%s", reasons, storm, told)
                    .isNotNull();
        }
    }

    @Test
    void content_afterAllFaults_isWhole() {
        assertThat(damaged).allSatisfy(lane -> assertThat(lane.join()).isEmpty());
    }

    private Stream<Arguments> cells() {
        return results.keySet().stream()
                .flatMap(storm -> Stream.of(Operation.values()).map(operation -> Arguments.of(storm, operation)));
    }

    private Stream<Storm> all() {
        return results.keySet().stream();
    }

    /** What takes longest first. */
    private static Stream<Storm> storms() {
        List<Storm> storms = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (Scope scope : Scope.values()) {
                if (scope != Scope.ONE_PLAIN || fault.isOfBodies()) {
                    storms.add(fault == Fault.STATUS_507 ? 0 : storms.size(), new Storm(fault, scope));
                }
            }
        }
        return storms.stream();
    }

    private static boolean isAsExpected(Storm storm, FaultLane.Result result) {
        return result.afterwards().isEmpty()
                && result.seen().entrySet().stream()
                        .allMatch(seen -> storm.fault()
                                .expected(seen.getKey(), storm.scope())
                                .contains(seen.getValue().outcome()));
    }

    private void runLane(BlockingQueue<Storm> waiting, CompletableFuture<List<String>> end) {
        try (FaultLane lane = new FaultLane()) {
            for (Storm storm = waiting.poll(); storm != null; storm = waiting.poll()) {
                try {
                    FaultLane.Result result = lane.run(storm.fault(), storm.scope());
                    // Limits of a second are missed now and then for want of a processor: once more.
                    results.get(storm)
                            .complete(isAsExpected(storm, result) ? result : lane.run(storm.fault(), storm.scope()));
                } catch (Throwable e) {
                    results.get(storm).completeExceptionally(e);
                }
            }
            end.complete(lane.damaged());
        } catch (Throwable e) {
            end.completeExceptionally(e);
            results.values().forEach(result -> result.completeExceptionally(e));
        }
    }
}
