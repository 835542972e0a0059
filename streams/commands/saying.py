"""How commands speak: one sentence for an error and exit code 2, bars on the error stream while work takes long."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar, cast

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from models.family.rules import RulePackError
from streams.connectors.reports import CannotConvert
from streams.hub import HubError
from streams.intake.pseudonyms import PseudonymKeyError
from streams.settings import SettingsError

WRONG_SETTING = 2
LONGEST_LINE = 1024 * 1024
"""Bytes of a line that are held: four times what an event may have."""
Command = TypeVar("Command", bound=Callable[..., Any])

SENTENCES = (SettingsError, HubError, RulePackError, PseudonymKeyError, CannotConvert)
"""Errors whose text is one sentence that says what to do and repeats no value."""


def speak_plainly(command: Command) -> Command:
    """Turn an error that an operator can mend into its sentence and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SENTENCES as error:
            stop(str(error))
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            name = "a file" if error.filename is None else Path(os.fsdecode(error.filename)).name
            stop(f"{name} cannot be opened or written; make its folder first, and see that you may write there.")

    return cast("Command", run)


def stop(sentence: str, code: int = WRONG_SETTING) -> NoReturn:
    """Say why, and exit."""
    click.echo(f"earlyword: {sentence}", err=True)
    sys.exit(code)


class Writable(click.Path):
    """A file to write, in a folder that is there: said before the work begins, not after it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = super().convert(value, param, ctx)
        if not Path(str(path)).absolute().parent.is_dir():
            self.fail("its folder is not there; make it first.", param, ctx)
        return path


@contextmanager
def bar(words: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on the error stream; the function given moves it on by so much. Silent where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(words, total=total)

        def advance(by: int) -> None:
            progress.update(task, advance=by)

        yield advance


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file with their ends, without holding it whole.

    Of a line beyond ``LONGEST_LINE`` a part of that length, which says enough: it is too large, or it is blank.
    """
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            yield line if line.endswith(b"\n") or len(line) < LONGEST_LINE else _cut(line, file)


def _cut(beginning: bytes, file: BinaryIO) -> bytes:
    """The beginning of a line, or another part of it where only that is not blank; reads on to the line's end."""
    shown = beginning
    while not beginning.endswith(b"\n") and (beginning := file.readline(LONGEST_LINE)):
        if beginning.strip() and not shown.strip():
            shown = beginning.ljust(LONGEST_LINE)
    return shown
