package io.poolfs.core.sim.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;
import org.slf4j.LoggerFactory;

class EngineSimulationTest {
    /** All on the oldest JDK; on others it is to be seen only that nothing is different. */
    private static final int SEEDS = Runtime.version().feature() == 17 ? 1000 : 100;

    private static final int THREADS = 2;

    /** Millions of simulated failures are not worth a line each. */
    @BeforeAll
    static void silence() {
        engineLog().setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        engineLog().setLevel(null);
    }

    private static Logger engineLog() {
        return (Logger) LoggerFactory.getLogger("io.poolfs");
    }

    @Test
    void tell_manySeeds_keepsWhatIsPromised() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean well = new Stories(Stories.LENGTH, THREADS, "", new PrintStream(said, true, StandardCharsets.UTF_8))
                .tell(1, SEEDS);
        assertThat(well).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 7, 12})
    void tell_sameSeed_tellsTheSameStory(long seed) {
        Story story = Story.ofSeed(seed, Stories.LENGTH);
        assertThat(EngineSimulation.tell(story, Bug.NONE)).isEqualTo(EngineSimulation.tell(story, Bug.NONE));
    }

    /** Each is found by one of the first stories; a thousand are allowed. */
    @ParameterizedTest
    @EnumSource
    void tell_deliberateBug_isFound(DeliberateBug bug) {
        for (long seed = 1; seed <= 1000; seed++) {
            try {
                EngineSimulation.tell(Story.ofSeed(seed, Stories.LENGTH), bug);
            } catch (StoryFailure e) {
                return;
            }
        }
        throw new AssertionFailedError(bug + " is not found");
    }

    @Test
    void shrink_failingStory_leavesFewActs() {
        StoryFailure failure = null;
        for (long seed = 1; failure == null; seed++) {
            try {
                EngineSimulation.tell(Story.ofSeed(seed, Stories.LENGTH), DeliberateBug.LEAVE_BYTES_BEHIND_THE_END);
            } catch (StoryFailure e) {
                failure = e;
            }
        }
        StoryFailure shortest = new Shrinker(DeliberateBug.LEAVE_BYTES_BEHIND_THE_END, 200).shrink(failure);
        assertThat(shortest.kind()).isEqualTo(failure.kind());
        assertThat(shortest.story().acts())
                .hasSizeLessThan(failure.story().acts().size() / 2);
    }

    /** Each file says what went wrong once. */
    @ParameterizedTest
    @MethodSource("storiesThatFailedOnce")
    void tell_storyThatFailedOnce_keepsWhatIsPromised(Path file) throws Exception {
        Story story = Stories.read(Files.readAllLines(file));
        assertThatCode(() -> EngineSimulation.tell(story, Bug.NONE)).doesNotThrowAnyException();
    }

    static List<Path> storiesThatFailedOnce() throws Exception {
        try (Stream<Path> files = Files.list(directory())) {
            return files.sorted().toList();
        }
    }

    private static Path directory() throws URISyntaxException {
        URL url = EngineSimulationTest.class.getResource("/stories");
        return Path.of(url.toURI());
    }
}
