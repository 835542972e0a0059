"""The formats that ``earlyword convert`` knows, and the conversion of one file into another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from streams.connectors.cin_census import convert
from streams.connectors.reports import CannotConvert, Noted, Refused, Tally, Told, WireEvent


class Converter(Protocol):
    """Reads one format; see ``cin_census.convert``. A bad option raises CannotConvert, a bad file never raises."""

    def __call__(
        self,
        stream: BinaryIO,
        agency: str,
        *,
        source: str | None = None,
        recorded_at: datetime | None = None,
        on_bytes: Callable[[int], None] | None = None,
    ) -> Iterator[Told]: ...


FORMATS: Final[dict[str, Converter]] = {"cin-census-xml": convert}
PLANNED: Final = frozenset({"attendance-csv", "dfe-daily-json"})
"""Named in EVENTS section 6 and not built yet: a new one is a file beside this one and a line in FORMATS."""


def find_converter(name: str) -> Converter:
    """The converter of this format. Raises CannotConvert with what there is instead."""
    known = ", ".join(sorted(FORMATS))
    if name in FORMATS:
        return FORMATS[name]
    if name in PLANNED:
        raise CannotConvert(f"--format {name} is planned and not built yet; there is {known}.")
    raise CannotConvert(f"--format is not one that earlyword reads; there is {known}.")


def convert_file(
    path: Path,
    out: Path,
    *,
    format_name: str,
    agency: str,
    source: str | None = None,
    recorded_at: datetime | None = None,
    on_bytes: Callable[[int], None] | None = None,
    on_report: Callable[[Refused | Noted], None] | None = None,
) -> Tally:
    """Write a file's events to ``out``, one a line, and count; exit with 0 only if ``is_complete``.

    ``out`` appears when all is written, readable by its owner alone: it holds identifiers. What stood there before is
    replaced even by the part of a damaged file that could be read. Raises CannotConvert, or OSError for the files.
    """
    converter = find_converter(format_name)
    if out.exists() and out.samefile(path):
        raise CannotConvert("--out is the file to convert; name another.")
    tally = Tally()
    with path.open("rb") as stream:
        told = converter(stream, agency, source=source, recorded_at=recorded_at, on_bytes=on_bytes)
        with _replacing(out) as lines:
            for item in told:
                tally.count(item)
                if isinstance(item, WireEvent):
                    lines.write(item.line())
                elif on_report is not None:
                    on_report(item)
    return tally


@contextmanager
def _replacing(out: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of ``out`` when all went well; a pipe or device is written directly."""
    if out.exists() and not out.is_file():
        with out.open("wb") as stream:
            yield stream
        return
    draft = out.with_name(f".{out.name}.part")
    draft.unlink(missing_ok=True)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
