"""A page of stories line by line, and its tables cell by cell; every error begins with file and line."""

from __future__ import annotations

from collections.abc import Iterator


class StoryError(ValueError):
    """A story cannot be read. The message begins with file and line."""


class Lines:
    """The lines of a file that are not blank, each taken once."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._at = name, 0
        self._lines = [(n, line.rstrip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]

    @property
    def left(self) -> bool:
        return self._at < len(self._lines)

    @property
    def next(self) -> str:
        return self._lines[self._at][1] if self.left else ""

    def take(self) -> str:
        if not self.left:
            raise self.error("the file ends too early")
        self._at += 1
        return self._lines[self._at - 1][1]

    @property
    def place(self) -> str:
        """The line taken last."""
        return f"{self._name}.md:{self._lines[self._at - 1][0] if self._at else 1}"

    def error(self, what: str) -> StoryError:
        return StoryError(f"{self.place}: {what}")


def read_table(lines: Lines, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The cells of each row."""
    if _cells(lines, len(columns)) != columns:
        raise lines.error(f"here stands a table with the columns {' | '.join(columns)}")
    if any(set(cell) - set("-") for cell in _cells(lines, len(columns))):
        raise lines.error("under the names of the columns stands |---|")
    while lines.next.startswith("|"):
        yield _cells(lines, len(columns))


def _cells(lines: Lines, count: int) -> tuple[str, ...]:
    line = lines.take()
    if not line.startswith("|") or not line.endswith("|"):
        raise lines.error(f"here stands a table row with {count} cells between |")
    cells = tuple(cell.strip() for cell in line[1:-1].split("|"))
    if len(cells) != count:
        raise lines.error(f"this row has {len(cells)} cells, not {count}")
    return cells
