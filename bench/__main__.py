"""`make bench`: every benchmark in turn, but for the week, which takes more than an hour, and `against`, which wants to know
against what; a name, like `coldstart`, runs one alone. Fails where a promise is broken.
"""

import sys

from bench import against, coldstart, due, matrix, pages, pictures, queries, relay, samples, searching, week

BENCHMARKS = {
    "coldstart": coldstart.run,
    "relay": relay.run,
    "pages": pages.run,
    "search": searching.run,
    "pictures": pictures.run,
    "queries": queries.run,
    "due": due.run,
    "matrix": matrix.run,
    "samples": samples.run,
    "week": week.run,
    "against": against.run,
}
ALONE = ("week", "against", "samples")


def main() -> None:
    broken: list[str] = []
    for name in sys.argv[1:] or [each for each in BENCHMARKS if each not in ALONE]:
        for table in BENCHMARKS[name]():
            table.show()
            broken += table.broken()
    if broken:
        sys.exit("\n".join(("Broken:", *broken)))


if __name__ == "__main__":
    main()
