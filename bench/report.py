"""The table, the file of figures, and the plot."""

import json
from datetime import UTC, datetime
from pathlib import Path

from bench.verdicts import AHEAD

RESULTS = Path(__file__).parent / "results"
FEATURED = (  # on the plot
    "badge poll, unchanged",
    "changes poll, five messages",
    "inbox",
    "conversation, cache hit",
    "conversation, cache miss",
    "expand a thread of 1,000",
    "expand among 100,000 replies",
    "open the chain of 5,000",
    "send",
    "edit",
)
MESSAGES = {"small": 226_000, "medium": 1_216_000, "large": 10_216_000}


def print_costs(rows):
    for database in dict.fromkeys(row["database"] for row in rows):
        work = "steps, thousands" if database == "sqlite" else "rows read"
        print(f"\n{database:34} {'queries':>12} {work:>24} {'bytes':>16}")
        for name, sizes in by_action(rows, database):
            print(
                f"{name:34} {each(sizes, 'queries'):>12} {each(sizes, 'rows'):>24}"
                f" {each(sizes, 'bytes'):>16}"
            )


def print_rows(rows):
    for database in dict.fromkeys(row["database"] for row in rows):
        work = "steps, thousands" if database == "sqlite" else "rows read"
        print(
            f"\n{database:34} {'queries':>10} {'median ms':>21} {'p95 ms':>21} {work:>26}"
            f" {'bytes':>22} {'x floor':>7} {'growth':>7} {'MB':>4}"
        )
        for name, sizes in by_action(rows, database):
            growth = sizes[-1]["median"] / sizes[0]["median"]
            print(
                f"{name:34} {each(sizes, 'queries'):>10} {each(sizes, 'median'):>21}"
                f" {each(sizes, 'p95'):>21} {each(sizes, 'rows'):>26} {each(sizes, 'bytes'):>22}"
                f" {sizes[-1]['floor']:7.2f} {growth:7.2f} {max(s['memory'] for s in sizes):4.0f}"
            )


def print_peers(peers):
    print(f"\n{'peers, at a million messages':34} {'queries':>8} {'rows':>10} {'median ms':>10}")
    for row in peers:
        print(
            f"{row['database']:11}{row['action']:23} {row['queries']:>8} {row['rows']:>10,.0f}"
            f" {row['median']:>10.1f}"
        )


def by_action(rows, database):
    """(action, its rows by size)"""
    actions = {}
    for row in rows:
        if row["database"] == database:
            actions.setdefault(row["action"], []).append(row)
    return actions.items()


def each(sizes, column):
    return " / ".join(short(row[column]) for row in sizes)


def short(number):
    return f"{number:,}" if isinstance(number, int) else f"{number:.1f}"


def save(result):
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.json"
    file.write_text(json.dumps(result, indent=1) + "\n")
    plot(result["rows"], file)
    print(f"\nWritten: {file.name}, .png and .svg in bench/results/")


def plot(rows, file):
    """Cost against size, one line per action."""
    import matplotlib as mpl

    mpl.use("agg")
    mpl.rcParams["svg.hashsalt"] = "parley"
    from matplotlib import pyplot

    databases = [name for name in ("sqlite", "postgresql") if any(by_action(rows, name))]
    figure, axes = pyplot.subplots(
        1, len(databases), figsize=(6 * len(databases), 5), sharey=True, squeeze=False
    )
    for axis, database in zip(axes[0], databases, strict=True):
        for name, sizes in by_action(rows, database):
            if name in FEATURED:
                stored = [MESSAGES[row["size"]] for row in sizes]
                axis.plot(stored, [row["median"] for row in sizes], marker="o", label=name)
        axis.set(
            title={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database],
            xscale="log",
            yscale="log",
            xlabel="messages stored",
        )
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("a whole request, ms (median)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    figure.set_layout_engine("constrained")
    for ending, options in ((".png", {"dpi": 110}), (".svg", {"metadata": {"Date": None}})):
        figure.savefig(file.with_suffix(ending), **options)
    pyplot.close(figure)


# For README.md


def newest():
    """The figures of the last whole run."""
    return json.loads(max(RESULTS.glob("????-??-??.json")).read_text())


def markdown(result):
    """The two tables of a run, as README.md shows them; a test compares."""
    rows = {(r["database"], r["size"], r["action"]): r for r in result["rows"]}
    databases = {
        key: name
        for key, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL"))
        if (key, "large", "inbox") in rows
    }
    own = [action for database, size, action in rows if (database, size) == ("sqlite", "small")]
    return "\n".join([*own_table(rows, databases, own), "", *peers_table(rows, databases)])


def own_table(rows, databases, actions):
    heads = "".join(f" {name}, ms | x floor |" for name in databases.values())
    yield f"| action | queries |{heads}"
    yield "|---|---|" + "---|---|" * len(databases)
    for action in actions:
        queries = max(row["queries"] for key, row in rows.items() if key[2] == action)
        cells = ""
        for database in databases:
            sizes = [rows[database, size, action] for size in MESSAGES]
            times = " / ".join(digits(row["median"]) for row in sizes)
            cells += f" {times} | {digits(sizes[-1]['floor'])} |"
        yield f"| {action} | {queries} |{cells}"


def peers_table(rows, databases):
    yield "| at a million messages |" + "".join(f" {name} |" for name in databases.values())
    yield "|---|" + "---|" * len(databases)
    for ours, (theirs, _) in AHEAD.items():
        cells = ""
        for database in databases:
            of_theirs, of_ours = rows[database, "medium", theirs], rows[database, "medium", ours]
            cells += f" {digits(of_theirs['median'] / of_ours['median'])} times as long |"
        yield f"| {theirs}, beside our {ours} |{cells}"


def digits(number):
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


if __name__ == "__main__":
    print(markdown(newest()))
