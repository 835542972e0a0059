"""A children in need census file (DfE, 2017 to 2026), read from end to end as events for the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from schemas.wire.common import SOURCE_CHARACTERS
from streams.connectors.census_child import tell_child
from streams.connectors.census_event import Census
from streams.connectors.census_fields import note
from streams.connectors.census_header import read_header
from streams.connectors.census_shape import CIN_CENSUS
from streams.connectors.london_time import EARLIEST, LATEST
from streams.connectors.repeats import Repeats
from streams.connectors.reports import CannotConvert, Noted, Reason, Refused, Told
from streams.connectors.xml_parts import Part
from streams.connectors.xml_reader import read_parts

_AGENCY: Final = re.compile(r"[a-z0-9-]{1,64}")
_SOURCE: Final = re.compile(SOURCE_CHARACTERS + "{1,1024}")


def convert(
    stream: BinaryIO,
    agency: str,
    *,
    source: str | None = None,
    recorded_at: datetime | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Told]:
    """The events of a census file in the order of the file, and what was refused or is worth knowing.

    ``agency`` is an agency id of ``hub.toml``; ``source`` the CloudEvents source, by default
    ``urn:earlyword:<agency>``; ``recorded_at`` (aware) overrides what the file's header says; ``on_bytes`` is told
    how many bytes have been read.
    Memory does not grow with the file, but for what ``Repeats`` keeps. Raises CannotConvert at once for a bad option;
    a bad file never raises.
    """
    if not _AGENCY.fullmatch(agency):
        raise CannotConvert("--agency must be 1 to 64 small letters, digits or hyphens, as in hub.toml.")
    if source is not None and not _SOURCE.fullmatch(source):
        raise CannotConvert("--source must be a URI reference of 1 to 1024 of the characters that RFC 3986 allows.")
    if recorded_at is not None and not _is_usable(recorded_at):
        raise CannotConvert("--recorded-at must carry an offset, in whole minutes, and lie between 1900 and 2100.")
    return _tell(stream, agency, source or f"urn:earlyword:{agency}", recorded_at, on_bytes)


def _tell(
    stream: BinaryIO,
    agency: str,
    source: str,
    recorded_at: datetime | None,
    on_bytes: Callable[[int], None] | None,
) -> Iterator[Told]:
    census: Census | None = None
    repeats = Repeats()
    is_empty = True
    for read in read_parts(stream, CIN_CENSUS, on_bytes):
        if not isinstance(read, Part):
            yield read
            is_empty = is_empty and not isinstance(read, Refused)
            continue
        if read.name == "Header" and not read.is_whole:
            continue  # the fault that cut it off comes next
        if census is None:
            header = read if read.name == "Header" else None
            census, said = read_header(header, agency, source, recorded_at)
            yield from said
            if census is None:
                return
        elif read.name == "Header":
            yield note(read, Reason.NOT_USED)  # it came after the first child
        if read.name == "Child":
            is_empty = False
            yield from tell_child(read, census, repeats)
    if is_empty:
        yield Noted(place="file", line=1, column=1, reason=Reason.NO_CHILDREN)


def _is_usable(moment: datetime) -> bool:
    offset = moment.utcoffset()
    return (
        offset is not None
        and offset % timedelta(minutes=1) == timedelta(0)
        and EARLIEST.year < moment.year <= LATEST.year
    )
