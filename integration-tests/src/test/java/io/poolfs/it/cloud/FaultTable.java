package io.poolfs.it.cloud;

import io.poolfs.it.cloud.FaultyRemotesIT.Storm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What came of all faults, as the section of a Markdown file. */
final class FaultTable {
    private static final String BEGIN = "<!-- faults: written by scripts/soak faults -->";
    private static final String END = "<!-- end of faults -->";

    private final Map<Storm, FaultLane.Result> rows = new LinkedHashMap<>();

    void add(Storm storm, FaultLane.Result result) {
        rows.put(storm, result);
    }

    /** Replaces what stands between the marks. */
    void write(Path file) throws IOException {
        String text = Files.readString(file);
        String section = BEGIN + "\n" + this + END;
        Pattern old = Pattern.compile(Pattern.quote(BEGIN) + ".*?" + Pattern.quote(END), Pattern.DOTALL);
        Files.writeString(file, old.matcher(text).replaceFirst(java.util.regex.Matcher.quoteReplacement(section)));
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("| fault | on |");
        for (Operation operation : Operation.values()) {
            table.append(' ').append(operation.words()).append(" |");
        }
        table.append(" status says, for one | well again |\n| --- | --- |");
        table.append(" --- |".repeat(Operation.values().length + 2)).append('\n');
        for (Fault fault : Fault.values()) {
            rows.forEach((storm, result) -> {
                if (storm.fault() == fault) {
                    table.append(row(storm, result));
                }
            });
        }
        return table.toString();
    }

    private static String row(Storm storm, FaultLane.Result result) {
        StringBuilder row = new StringBuilder("| ")
                .append(storm.fault().words())
                .append(" | ")
                .append(storm.scope().words())
                .append(" |");
        for (Operation operation : Operation.values()) {
            Seen seen = result.seen().get(operation);
            row.append(' ')
                    .append(seen.outcome())
                    .append(", ")
                    .append(seen.seconds())
                    .append(" s |");
        }
        String told = FaultLane.reasonIn(result.status(), storm.fault().reasons());
        return row.append(' ')
                .append(told == null ? "–" : "“" + told + "”")
                .append(" | ")
                .append(result.afterwards().isEmpty() ? "yes" : result.afterwards())
                .append(" |\n")
                .toString();
    }
}
