package io.poolfs.cli.output;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, without rules, for people. */
public final class Table {
    private final Column[] columns;
    private final List<Object[]> rows = new ArrayList<>();

    /** @param headings one per column; a leading {@code >} aligns the column to the right */
    public Table(String... headings) {
        columns = new Column[headings.length];
        for (int i = 0; i < headings.length; i++) {
            boolean right = headings[i].startsWith(">");
            columns[i] = new Column()
                    .header(right ? headings[i].substring(1) : headings[i])
                    .headerAlign(right ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
                    .dataAlign(right ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
                    .maxWidth(Integer.MAX_VALUE);
        }
    }

    public Table row(Object... cells) {
        rows.add(cells);
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public String text() {
        String table = AsciiTable.getTable(AsciiTable.NO_BORDERS, columns, rows.toArray(new Object[0][]));
        return String.join(
                "\n",
                table.lines()
                        .map(String::stripTrailing)
                        .filter(line -> !line.isEmpty())
                        .toList());
    }
}
