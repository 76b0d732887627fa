"""Tables, and their place in the documentation."""

import datetime
import os

from benches.tools import HERE


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def side_by_side(results):
    """More than two: each figure, and how it compares with the first column's."""
    names = list(dict.fromkeys(n for rows in results.values() for n in rows))
    lines = ["| work | " + " | ".join(results) + " |", "| --- |" + " ---: |" * len(results)]
    for name in names:
        first = next(iter(results.values())).get(name)
        cells = []
        for rows in results.values():
            value = rows.get(name)
            cell = "" if value is None else number(value)
            if value and first and rows is not next(iter(results.values())):
                cell += f" ({(value / first if name.endswith('/s') else first / value):.2f})"
            cells.append(cell)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table(results):
    if len(results) > 2:
        return side_by_side(results)
    if list(results) == ["poolfs"]:
        lines = ["| what | poolfs |", "| --- | ---: |"]
        return "\n".join(lines + [f"| {name} | {number(value)} |" for name, value in results["poolfs"].items()])
    lines = ["| work | rclone stack | poolfs | poolfs better by |", "| --- | ---: | ---: | ---: |"]
    names = list(dict.fromkeys(n for rows in results.values() for n in rows))
    for name in names:
        peer, ours = (results.get(k, {}).get(name) for k in ("rclone", "poolfs"))
        ratio = ""
        if peer and ours:
            ratio = f"{(ours / peer if name.endswith('/s') else peer / ours):.2f} ×"
        lines.append(f"| {name} | {number(peer) if peer is not None else ''} "
                     f"| {number(ours) if ours is not None else ''} | {ratio} |")
    return "\n".join(lines)


def write_doc(section, text):
    path = os.path.join(HERE, "docs", "BENCHMARKS.md")
    with open(path) as f:
        doc = f.read()
    begin, end = f"<!-- {section} -->", f"<!-- /{section} -->"
    if begin not in doc:
        doc += f"\n{begin}\n{end}\n"
    head, rest = doc.split(begin, 1)
    tail = rest.split(end, 1)[1]
    stamp = datetime.date.today().isoformat()
    with open(path, "w") as f:
        f.write(f"{head}{begin}\nMeasured {stamp} on {os.cpu_count()} cores.\n\n{text}\n{end}{tail}")
