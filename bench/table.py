"""A benchmark's result: rows of words and figures, and the promises that it keeps or breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `at_most` is what was promised of `figure`; None where nothing was."""

    name: str
    cells: Sequence[str]
    figure: float = 0.0
    at_most: float | None = None

    @property
    def is_broken(self) -> bool:
        return self.at_most is not None and self.figure > self.at_most


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]

    def show(self) -> None:
        lines = [("", *self.columns), *((row.name, *row.cells) for row in self.rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns) + 1)]
        print(f"\n{self.title}\n")
        for name, *cells in lines:
            aligned = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
            print("  ".join((f"  {name.ljust(widths[0])}", *aligned)).rstrip())

    def broken(self) -> Iterator[str]:
        for row in self.rows:
            if row.is_broken:
                yield f"  {self.title}, {row.name}: {row.figure:.2f}, promised at most {row.at_most}"
