"""What is going on, for who watches: bars on a terminal, one line for each stage where nobody looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

Reach: TypeAlias = Callable[[int], None]
"""Told how far a stage has come, counted from its beginning."""

WIDTH: Final = 24


class _HowFar(MofNCompleteColumn):
    """Nothing, as long as nobody knows how far it is."""

    def render(self, task: Task) -> Text:
        return Text() if task.total in {None, 1} else super().render(task)


class Stages:
    """The stages of a demo, each with its seconds afterwards. To be entered; writes to the error stream."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self.seconds: dict[str, float] = {}
        columns = (
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}"),
            BarColumn(bar_width=WIDTH),
            _HowFar(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=self.console, disable=not self.console.is_terminal)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """No more bars; what they showed stays. Safe to call twice."""
        self._progress.stop()

    def say(self, sentence: str) -> None:
        """A sentence of its own, above the bars."""
        self.console.print(sentence, markup=False, highlight=False)

    @contextmanager
    def stage(self, name: str, words: str, total: int | None = None) -> Iterator[Reach]:
        """One stage; ``name`` is that of its seconds in the summary.

        The function given is told how far it has come; without ``total`` the bar only shows that something goes on.
        """
        task = self._progress.add_task(words, total=total)
        began = time.monotonic()
        yield lambda reached: self._progress.update(task, completed=reached)
        took = self.seconds[name] = time.monotonic() - began
        self._finish(task, total)
        if not self.console.is_terminal:
            self.say(f"{words}: {took:.1f} s")

    def _finish(self, task: TaskID, total: int | None) -> None:
        whole = total if total is not None else 1
        self._progress.update(task, total=whole, completed=whole)
