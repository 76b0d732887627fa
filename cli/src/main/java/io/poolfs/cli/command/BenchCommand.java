package io.poolfs.cli.command;

import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.output.Table;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "bench",
        header = "Measure what the remotes can do.",
        description = {
            "",
            "Puts, reads and deletes objects of its own, with as many transfers at a time as are configured and within the "
                    + "limits that are set: what the pool gets from them. All remotes at once, as the pool uses them; "
                    + "--one-by-one tells each for itself, where they share a line. Up to 1 GiB goes each way per remote, "
                    + "and nothing stays there. It takes up to six times --time; what else runs makes it slower.",
        })
final class BenchCommand extends DataCommand {
    private static final long GIB = 1L << 30;

    @Parameters(arity = "0..*", paramLabel = "REMOTE", description = "Default: all")
    List<String> remotes = List.of();

    @Option(names = "--one-by-one", description = "One remote after the other.")
    boolean oneByOne;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            converter = Types.Time.class,
            defaultValue = "5s",
            description = "Of each step. Default: ${DEFAULT-VALUE}")
    Duration time = Duration.ofSeconds(5);

    @Override
    int run() throws PoolException {
        List<Answers.Bench> answers;
        try (PoolService pool = reader();
                ProgressView view = output().progress()) {
            answers = pool.bench(new Answers.BenchOrder(remotes, oneByOne, time.toMillis()), view);
        }
        if (json) {
            output().json(answers);
        } else {
            print(answers);
        }
        return answers.stream().allMatch(answer -> answer.error() == null) ? ExitCodes.OK : ExitCodes.REMOTE;
    }

    private void print(List<Answers.Bench> answers) {
        Table table = new Table("remote", ">put", ">get", ">up", ">down", ">deletes");
        for (Answers.Bench answer : answers) {
            table.row(
                    answer.remote(),
                    millis(answer.putMillis()),
                    millis(answer.getMillis()),
                    speed(answer.upBytesPerSecond()),
                    speed(answer.downBytesPerSecond()),
                    answer.deletesPerSecond() == null ? "-" : String.format("%.1f/s", answer.deletesPerSecond()));
        }
        output().line(table.text());
        long up = sum(answers.stream().map(Answers.Bench::upBytesPerSecond).toList());
        long down = sum(answers.stream().map(Answers.Bench::downBytesPerSecond).toList());
        if (answers.size() > 1 && !oneByOne && up > 0 && down > 0) {
            output().line("together: up " + speed(up) + ", down " + speed(down) + "; 1 GiB takes " + time(GIB / up)
                    + " up and " + time(GIB / down) + " down");
        }
        for (Answers.Bench answer : answers) {
            if (answer.error() != null) {
                output().say(
                                answer.error().contains(answer.remote())
                                        ? answer.error()
                                        : answer.remote() + " " + answer.error());
            }
        }
    }

    private static long sum(List<@Nullable Long> speeds) {
        return speeds.stream()
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .sum();
    }

    private static String time(long seconds) {
        return Quantities.readableTime(Duration.ofSeconds(Math.max(1, seconds)));
    }

    private static String millis(@Nullable Long value) {
        return value == null ? "-" : value + " ms";
    }

    private static String speed(@Nullable Long bytesPerSecond) {
        return bytesPerSecond == null ? "-" : Quantities.readableSize(bytesPerSecond) + "/s";
    }
}
